import { describe, expect, it } from 'vitest';
import { bytesInWords, clock, inWords, offset, shortWhen } from './format.ts';

describe('times and lengths', () => {
  it('counts like a clock', () => {
    expect([0, 7_900, 134_000, 3_723_000].map(clock)).toEqual(['0:00', '0:07', '2:14', '1:02:03']);
  });

  it('writes lengths for sentences', () => {
    expect([0, 300, 8_000, 60_000, 134_000, 3_720_000].map(inWords)).toEqual([
      '0 s',
      'less than 1 s',
      '8 s',
      '1 min',
      '2 min 14 s',
      '1 h 2 min',
    ]);
  });

  it('shows milliseconds within a call', () => {
    expect([0, 12_345, 62_345].map(offset)).toEqual(['0.000 s', '12.345 s', '1:02.345']);
  });

  it('gives the date where it matters', () => {
    const now = new Date(2026, 10, 22, 15, 0);
    const at = (...parts: [number, number, number]) =>
      shortWhen(new Date(...parts, 14, 37).toISOString(), now);
    expect(at(2026, 10, 22)).toBe('14:37');
    expect(at(2026, 10, 21)).toBe('Yesterday 14:37');
    expect(at(2026, 9, 3)).toBe('3 Oct 14:37');
    expect(at(2025, 9, 3)).toBe('3 Oct 2025 14:37');
  });

  it('rounds sizes', () => {
    expect([300, 812_345, 1_440_000].map(bytesInWords)).toEqual(['1 kB', '812 kB', '1.4 MB']);
  });
});
