import type { Frame } from './frame.ts';

/** Adds up what several people say, in 32 bits; only what leaves is clipped. */
export class Mixer {
  readonly #sum: Int32Array;

  constructor(samples: number) {
    this.#sum = new Int32Array(samples);
  }

  clear(): void {
    this.#sum.fill(0);
  }

  add(frame: Frame): void {
    const sum = this.#sum;
    for (let i = 0; i < sum.length; i++) {
      sum[i] = sum[i]! + frame[i]!;
    }
  }

  /** The sum so far. */
  into(out: Frame): void {
    const sum = this.#sum;
    for (let i = 0; i < sum.length; i++) out[i] = saturate(sum[i]!);
  }
}

function saturate(value: number): number {
  return value > 32767 ? 32767 : value < -32768 ? -32768 : value;
}
