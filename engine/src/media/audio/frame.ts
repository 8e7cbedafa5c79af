/** Samples a second, everywhere in this process. */
export const SAMPLE_RATE = 8000;
/** Samples in one frame: 20 ms. */
export const FRAME_SAMPLES = 160;
export const FRAME_MS = 20;

/** 160 samples of 16-bit linear sound. */
export type Frame = Int16Array;

export function newFrame(): Frame {
  return new Int16Array(FRAME_SAMPLES);
}

export function samplesOf(ms: number): number {
  return Math.round((ms * SAMPLE_RATE) / 1000);
}
