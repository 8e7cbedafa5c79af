import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeyQueue } from './key-queue.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What was sent, and after how many milliseconds. */
function queue() {
  const sent: [key: string, ms: number][] = [];
  const from = Date.now();
  return { sent, keys: new KeyQueue((key) => sent.push([key, Date.now() - from])) };
}

describe('keys', () => {
  it('go at once, and wait for those before them', () => {
    const { sent, keys } = queue();
    keys.press('1');
    expect(sent).toEqual([['1', 0]]);
    vi.advanceTimersByTime(100);
    keys.press('55');
    vi.advanceTimersByTime(900);
    keys.press('#');
    expect(sent).toEqual([
      ['1', 0],
      ['5', 260],
      ['5', 520],
      ['#', 1000],
    ]);
  });

  it('are forgotten when the call is over', () => {
    const { sent, keys } = queue();
    keys.press('12');
    keys.close();
    keys.close();
    vi.runAllTimers();
    expect(sent).toEqual([['1', 0]]);
  });
});
