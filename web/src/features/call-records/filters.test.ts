import { describe, expect, it } from 'vitest';
import { chipWords, readFilters, toCallFilters } from './filters.ts';

describe('filters in the address', () => {
  it('reads what it knows and leaves out what it cannot read', () => {
    expect(
      readFilters({ outcome: 'busy', direction: 'sideways', from: '2026-11-22', colour: 'red' }),
    ).toEqual({ outcome: 'busy', from: '2026-11-22' });
  });

  it('keeps a number that came as one', () => {
    expect(readFilters({ customer: 900001 })).toEqual({ customer: '900001' });
  });

  it('asks for whole days as they are here', () => {
    const { from, to } = toCallFilters({ from: '2026-11-22', to: '2026-11-22' });
    expect(from).toBe(new Date(2026, 10, 22).toISOString());
    expect(to).toBe(new Date(2026, 10, 23).toISOString());
  });

  it('says each filter in words', () => {
    const chips = chipWords({ agent: 'p1', outcome: 'no_answer', state: 'live' }, () => 'Grace');
    expect(chips.map(({ words }) => words)).toEqual([
      'Agent: Grace',
      'Outcome: No answer',
      'In progress',
    ]);
  });
});
