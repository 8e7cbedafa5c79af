import type { RobotMedia } from '../test/support/robot-media.ts';
import { powerAt, type Sound } from '../test/support/tones.ts';

/** How clean a tone was while somebody listened. */
export interface Heard {
  seconds: number;
  /** What should have been heard and was not, in ms; a clock that runs evenly gives about 0. */
  missingMs: number;
  /** The longest time between two packets, in ms; 20 is perfect, a jitter buffer bears 60. */
  longestGapMs: number;
  /** Pieces of 40 ms in which something else than the tone was: a lost frame, a click, concealment. */
  impure: number;
}

/** Of the energy of a piece this much is the tone, where it goes on without a break. */
const PURE = 0.98;

/**
 * Listens to a tone. Take one that does not fit into 20 ms a whole number of times: then a frame
 * that is lost, or heard twice, is heard as a break.
 */
export function listen(media: RobotMedia, hz: number): { stop(): Heard } {
  const began = performance.now();
  let [samples, longestGapMs, impure] = [0, 0, 0];
  let last: { at: number; frame: Sound } | null = null;
  const deaf = media.onSound((frame, at) => {
    samples += frame.samples.length;
    if (last !== null) {
      longestGapMs = Math.max(longestGapMs, at - last.at);
      if (!isPure(hz, last.frame, frame)) impure += 1;
    }
    last = { at, frame };
  });
  return {
    stop: () => {
      deaf();
      const seconds = (performance.now() - began) / 1000;
      return { seconds, missingMs: (seconds - samples / 8000) * 1000, longestGapMs, impure };
    },
  };
}

function isPure(hz: number, one: Sound, next: Sound): boolean {
  const samples = Float32Array.from([...one.samples, ...next.samples]);
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return energy > 1e-4 && (2 * powerAt(hz, { rate: one.rate, samples })) / energy > PURE;
}
