import type { Call, CallEvent, Recording } from '@offhook/contract';
import { describe, expect, it } from 'vitest';
import { audioTimeOf, conversation, marksOf, peaksWithin } from './audio-time.ts';

const call = { connectedAt: '2026-11-22T14:00:02.500Z' } as Call;
const recording = { startedAt: '2026-11-22T14:00:00.000Z', durationMs: 10_000 } as Recording;

describe('where the conversation lies in the file', () => {
  it('begins when both are connected, not when the carrier began to record', () => {
    expect(conversation(call, recording)).toEqual({ from: 2.5, to: 10 });
  });

  it('is the whole file when the recording began later, or nobody knows when', () => {
    const late = { ...recording, startedAt: '2026-11-22T14:00:03.000Z' };
    expect(conversation(call, late)).toEqual({ from: 0, to: 10 });
    expect(conversation(call, { ...recording, startedAt: null })).toEqual({ from: 0, to: 10 });
  });

  it('finds a moment of the call in the file, and none outside the conversation', () => {
    const window = conversation(call, recording);
    expect(audioTimeOf('2026-11-22T14:00:04.000Z', recording, window)).toBe(4);
    expect(audioTimeOf('2026-11-22T14:00:01.000Z', recording, window)).toBeNull();
    expect(audioTimeOf('2026-11-22T14:00:11.000Z', recording, window)).toBeNull();
  });

  it('marks what happened during the conversation; what lies close together is one mark', () => {
    const events = [
      { at: '2026-11-22T14:00:01.000Z', text: 'Rings' },
      { at: '2026-11-22T14:00:02.500Z', text: 'Connected' },
      { at: '2026-11-22T14:00:02.510Z', text: 'Recording' },
      { at: '2026-11-22T14:00:10.000Z', text: 'Over' },
    ] as CallEvent[];
    expect(marksOf(events, recording, conversation(call, recording))).toEqual([
      { part: 0, texts: ['Connected', 'Recording'] },
      { part: 1, texts: ['Over'] },
    ]);
  });

  it('shows the peaks of the conversation only', () => {
    const peaks = { durationMs: 4_000, perSecond: 2, channels: [[1, 2, 3, 4, 5, 6, 7, 8]] };
    expect(peaksWithin(peaks, { from: 1, to: 3 })).toEqual([[3, 4, 5, 6]]);
  });
});
