import { expect, test } from 'vitest';
import { PeakCollector } from './peaks.ts';

const RATE = 8000;

function tone(seconds: number, loud: number): Float32Array {
  return Float32Array.from({ length: seconds * RATE }, (_, i) => (i % 2 === 0 ? loud : -loud));
}

test('keeps the loudest sample of each fiftieth of a second, per channel', () => {
  const peaks = new PeakCollector();
  peaks.add([tone(1, 0.25), tone(1, 0)], RATE);
  peaks.add([tone(1, 0.75), tone(1, 1.5)], RATE);
  const result = peaks.finish(RATE);
  expect(result.durationMs).toBe(2000);
  expect(result.perSecond).toBe(50);
  expect(result.channels.map((list) => list.length)).toEqual([100, 100]);
  expect(new Set(result.channels[0]?.slice(0, 50))).toEqual(new Set([0.25]));
  expect(new Set(result.channels[0]?.slice(50))).toEqual(new Set([0.75]));
  expect(new Set(result.channels[1]?.slice(0, 50))).toEqual(new Set([0]));
  // Louder than full scale happens in decoders; it is drawn as full scale.
  expect(new Set(result.channels[1]?.slice(50))).toEqual(new Set([1]));
});

test('gives the same whether audio comes at once or in crumbs, at any sample rate', () => {
  for (const rate of [8000, 11_025, 44_100]) {
    const samples = Float32Array.from({ length: rate }, (_, i) => i / rate);
    const atOnce = new PeakCollector();
    atOnce.add([samples], rate);
    const crumbs = new PeakCollector();
    for (let at = 0; at < samples.length; at += 137) {
      crumbs.add([samples.subarray(at, at + 137)], rate);
    }
    expect(crumbs.finish(rate)).toEqual(atOnce.finish(rate));
    expect(atOnce.finish(rate).channels[0]).toHaveLength(50);
  }
});

test('halves its resolution rather than growing without end', () => {
  const peaks = new PeakCollector({ mostSlices: 100 });
  for (let second = 0; second < 10; second++) peaks.add([tone(1, second / 10)], RATE);
  const { perSecond, channels, durationMs } = peaks.finish(RATE);
  expect({ perSecond, durationMs }).toEqual({ perSecond: 6.25, durationMs: 10_000 });
  expect(channels[0]).toHaveLength(63);
  // Each second's loudness stands where it was.
  expect(channels[0]?.[Math.floor(4.5 * 6.25)]).toBe(0.4);
  expect(channels[0]?.[Math.floor(9.5 * 6.25)]).toBe(0.9);
});
