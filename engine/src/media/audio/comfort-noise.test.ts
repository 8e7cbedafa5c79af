import { describe, expect, it } from 'vitest';
import { ComfortNoise } from './comfort-noise.ts';

function levelOf(payload: number[]): number {
  const noise = new ComfortNoise();
  noise.receive(Uint8Array.from(payload));
  const samples = new Int16Array(8000);
  noise.fill(samples);
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return -10 * Math.log10(power / 32_767 ** 2);
}

describe('comfort noise', () => {
  it('is as loud as the other side says, and never loud', () => {
    expect(levelOf([50])).toBeCloseTo(50, 0);
    expect(levelOf([60, 120, 3])).toBeCloseTo(60, 0);
    expect(levelOf([0])).toBeCloseTo(30, 0);
    expect(levelOf([127])).toBe(Infinity);
    expect(levelOf([])).toBe(Infinity);
  });
});
