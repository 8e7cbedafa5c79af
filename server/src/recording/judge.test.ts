import { describe, expect, test } from 'vitest';
import { judge, type Evidence } from './judge.ts';

const second = Date.UTC(2026, 10, 22, 14, 37, 5);
const ordinary: Evidence = {
  carrierStart: second,
  durationMs: 60_100,
  channels: 2,
  cutShort: false,
  connectedAt: second + 420,
  endedAt: second + 60_420,
  toleranceMs: 500,
};

describe('the first sample', () => {
  test('is when both were connected, where the carrier names that second', () => {
    expect(judge(ordinary).startedAt).toBe(second + 420);
    // The callback came a little late, into the next second.
    expect(judge({ ...ordinary, connectedAt: second + 1100 }).startedAt).toBe(second + 1100);
  });

  test('lies before the connection with early media, counted back from the end', () => {
    const early = { ...ordinary, connectedAt: second + 8420, endedAt: second + 68_420 };
    expect(judge({ ...early, durationMs: 68_000 }).startedAt).toBe(second + 420);
    // A length that contradicts the carrier's second does not move it out of that second.
    expect(judge({ ...early, durationMs: 60_000 }).startedAt).toBe(second + 999);
    expect(judge({ ...early, durationMs: 90_000 }).startedAt).toBe(second);
  });

  test('is the best there is when something is unknown', () => {
    expect(judge({ ...ordinary, carrierStart: null }).startedAt).toBe(second + 420);
    expect(judge({ ...ordinary, connectedAt: null, endedAt: null }).startedAt).toBe(second);
    expect(judge({ ...ordinary, carrierStart: null, connectedAt: null }).startedAt).toBeNull();
  });
});

describe('doubts', () => {
  test('none about a recording as long as the talk', () => {
    expect(judge(ordinary).flags).toEqual([]);
    expect(judge({ ...ordinary, durationMs: 59_500 }).flags).toEqual([]);
    expect(judge({ ...ordinary, durationMs: 60_500 }).flags).toEqual([]);
  });

  test('too short or too long beyond the tolerance', () => {
    expect(judge({ ...ordinary, durationMs: 59_499 }).flags).toEqual(['length_differs']);
    expect(judge({ ...ordinary, durationMs: 60_501 }).flags).toEqual(['length_differs']);
    expect(judge({ ...ordinary, durationMs: 58_000, toleranceMs: 2000 }).flags).toEqual([]);
  });

  test('what was recorded before the connection does not count', () => {
    const early = { ...ordinary, connectedAt: second + 8420, endedAt: second + 68_420 };
    expect(judge({ ...early, durationMs: 68_000 }).flags).toEqual([]);
    expect(judge({ ...early, durationMs: 60_000 }).flags).toEqual(['length_differs']);
  });

  test('one channel, and cut short', () => {
    expect(judge({ ...ordinary, channels: 1, cutShort: true }).flags).toEqual([
      'mono_only',
      'cut_short',
    ]);
  });
});
