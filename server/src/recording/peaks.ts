import type { Peaks } from '@offhook/contract';

const FINEST_PER_SECOND = 50;
const MOST_SLICES = 20_000;

/**
 * Collects the loudest sample of each slice of time, per channel, while audio comes in. Begins with
 * 50 slices a second and halves that whenever a channel would have more than 20,000, so that a
 * recording of any length draws well and stays small.
 */
export class PeakCollector {
  #perSecond: number;
  #lists: Float32Array[] = [];
  #samples = 0;
  readonly #mostSlices: number;

  constructor(limits: { perSecond?: number; mostSlices?: number } = {}) {
    this.#perSecond = limits.perSecond ?? FINEST_PER_SECOND;
    this.#mostSlices = limits.mostSlices ?? MOST_SLICES;
  }

  /** Samples are −1 to 1; every call has the same number of channels and sample rate. */
  add(channels: Float32Array[], sampleRate: number): void {
    const count = channels[0]?.length ?? 0;
    if (this.#lists.length === 0)
      this.#lists = channels.map(() => new Float32Array(this.#mostSlices));
    while (this.#sliceOf(this.#samples + count, sampleRate) >= this.#mostSlices) this.#halve();
    channels.forEach((samples, index) => {
      const list = this.#lists[index];
      if (list === undefined) return;
      let slice = this.#sliceOf(this.#samples, sampleRate);
      let sliceEnd = this.#endOf(slice, sampleRate);
      for (let i = 0; i < count; i++) {
        while (this.#samples + i >= sliceEnd) sliceEnd = this.#endOf(++slice, sampleRate);
        const loud = Math.abs(samples[i] ?? 0);
        if (loud > (list[slice] ?? 0)) list[slice] = loud;
      }
    });
    this.#samples += count;
  }

  /** The peaks so far, rounded to three digits: more cannot be seen. */
  finish(sampleRate: number): Peaks {
    const seconds = this.#samples / sampleRate;
    const slices = Math.ceil(seconds * this.#perSecond);
    return {
      durationMs: Math.round(seconds * 1000),
      perSecond: this.#perSecond,
      channels: this.#lists.map((list) =>
        Array.from(list.subarray(0, slices), (peak) => Math.round(Math.min(peak, 1) * 1000) / 1000),
      ),
    };
  }

  #sliceOf(sample: number, sampleRate: number): number {
    return Math.floor((sample * this.#perSecond) / sampleRate);
  }

  /** The first sample after the slice. */
  #endOf(slice: number, sampleRate: number): number {
    return Math.ceil(((slice + 1) * sampleRate) / this.#perSecond);
  }

  #halve(): void {
    this.#perSecond /= 2;
    for (const list of this.#lists) {
      const half = list.length / 2;
      for (let i = 0; i < half; i++) list[i] = Math.max(list[2 * i] ?? 0, list[2 * i + 1] ?? 0);
      list.fill(0, Math.ceil(half));
    }
  }
}
