import { describe, expect, it } from 'vitest';
import { Concealment } from './concealment.ts';
import { newFrame } from './frame.ts';
import { Tone } from './tones.ts';

function rms(frame: Int16Array): number {
  return Math.sqrt(frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length);
}

function largestStep(samples: number[]): number {
  return Math.max(...samples.slice(1).map((sample, i) => Math.abs(sample - samples[i]!)));
}

describe('a gap', () => {
  it('goes on as the voice was, fades within 60 ms and has no clicks', () => {
    const concealment = new Concealment();
    const tone = new Tone([200], 8000);
    const heard: number[] = [];
    const frame = newFrame();
    for (let i = 0; i < 5; i++) {
      tone.fill(frame);
      concealment.real(frame);
      heard.push(...frame);
    }
    const before = rms(frame);
    const levels = Array.from({ length: 5 }, () => {
      concealment.conceal(frame);
      heard.push(...frame);
      return rms(frame);
    });
    expect(levels[0]).toBeGreaterThan(before * 0.7);
    expect(levels[1]).toBeLessThan(levels[0]!);
    expect(levels.slice(3)).toEqual([0, 0]);
    tone.fill(frame);
    concealment.real(frame);
    heard.push(...frame);
    // A 200 Hz sine of this loudness moves by 1,254 from sample to sample.
    expect(largestStep(heard)).toBeLessThan(2 * 1254);
  });

  it('before any sound is silent', () => {
    const frame = newFrame().fill(7);
    new Concealment().conceal(frame);
    expect(rms(frame)).toBe(0);
  });
});
