import { describe, expect, it } from 'vitest';
import { loudness, rmsOf } from './loudness.ts';
import { SoundWatch } from './sound-watch.ts';
import type { SoundNotices, SoundSample } from './sound-watch.ts';

const TALK: Omit<SoundSample, 'at'> = {
  microphone: 0.1,
  farSide: 0.1,
  muted: false,
  connected: true,
};

/** Twenty looks a second, as the Voice SDK gives them. */
function listen(...parts: (Partial<SoundSample> & { seconds: number })[]): SoundNotices {
  const watch = new SoundWatch();
  let at = 1_000;
  let notices = watch.observe({ ...TALK, at });
  for (const { seconds, ...part } of parts) {
    for (let n = 0; n < seconds * 20; n += 1) {
      at += 50;
      notices = watch.observe({ ...TALK, ...part, at });
    }
  }
  return notices;
}

describe('what is said about the sound', () => {
  it('is nothing while both talk', () => {
    expect(Object.values(listen({ seconds: 30 }))).toEqual([false, false, false]);
  });

  it('names a microphone that gives nothing, and takes it back', () => {
    expect(listen({ seconds: 4, microphone: 0 }).microphoneSilent).toBe(false);
    expect(listen({ seconds: 7, microphone: 0 }).microphoneSilent).toBe(true);
    expect(listen({ seconds: 7, microphone: 0 }, { seconds: 1 }).microphoneSilent).toBe(false);
  });

  it('expects nothing of a muted microphone', () => {
    expect(listen({ seconds: 9, microphone: 0, muted: true }).microphoneSilent).toBe(false);
  });

  it('names a customer of whom nothing is heard, once they are connected', () => {
    expect(listen({ seconds: 9, farSide: 0, connected: false }).farSideSilent).toBe(false);
    expect(listen({ seconds: 9, farSide: 0 }).farSideSilent).toBe(true);
  });

  it('tells who speaks while muted', () => {
    expect(listen({ seconds: 1, muted: true }).speakingWhileMuted).toBe(true);
    expect(listen({ seconds: 1 }).speakingWhileMuted).toBe(false);
  });

  it('does not mind a cough', () => {
    const cough = { seconds: 0.2, muted: true };
    expect(listen(cough, { seconds: 1, muted: true, microphone: 0 }).speakingWhileMuted).toBe(
      false,
    );
  });

  it('forgets after a pause', () => {
    const pause = { seconds: 3, muted: true, microphone: 0 };
    expect(listen({ seconds: 1, muted: true }, pause).speakingWhileMuted).toBe(false);
  });

  it('gives the same object while nothing changes', () => {
    const watch = new SoundWatch();
    expect(watch.observe({ ...TALK, at: 0 })).toBe(watch.observe({ ...TALK, at: 50 }));
  });
});

describe('loudness', () => {
  it('is 0 for silence and 1 for a loud voice', () => {
    expect(loudness(rmsOf(new Float32Array(64)))).toBe(0);
    expect(loudness(rmsOf(new Float32Array(64).fill(0.8)))).toBe(1);
  });

  it('grows evenly with the decibels', () => {
    expect(loudness(0.01)).toBeCloseTo(0.5, 5);
  });
});
