import { SAMPLE_RATE } from './frame.ts';

/** Row and column frequencies in Hz of each key (ITU-T Q.23). */
const KEYS: Record<string, readonly [number, number]> = {
  '1': [697, 1209],
  '2': [697, 1336],
  '3': [697, 1477],
  A: [697, 1633],
  '4': [770, 1209],
  '5': [770, 1336],
  '6': [770, 1477],
  B: [770, 1633],
  '7': [852, 1209],
  '8': [852, 1336],
  '9': [852, 1477],
  C: [852, 1633],
  '*': [941, 1209],
  '0': [941, 1336],
  '#': [941, 1477],
  D: [941, 1633],
};

/** About −9 dBm0 per frequency: loud enough to detect, soft enough for an ear at a headset. */
const KEY_AMPLITUDE = 5000;

/** One or more sine waves that go on from frame to frame without a click. */
export class Tone {
  readonly #steps: Float64Array;
  readonly #phases: Float64Array;
  readonly #amplitude: number;

  /** `frequencies` in Hz; `amplitude` of each, 0 to 32767. */
  constructor(frequencies: readonly number[], amplitude: number) {
    this.#steps = Float64Array.from(frequencies, (hz) => (2 * Math.PI * hz) / SAMPLE_RATE);
    this.#phases = new Float64Array(frequencies.length);
    this.#amplitude = amplitude;
  }

  /** Writes the next samples over `out[from..to)`. */
  fill(out: Int16Array, from = 0, to = out.length): void {
    for (let i = from; i < to; i++) {
      let value = 0;
      for (let k = 0; k < this.#steps.length; k++) {
        const phase = this.#phases[k]! + this.#steps[k]!;
        this.#phases[k] = phase > Math.PI ? phase - 2 * Math.PI : phase;
        value += Math.sin(phase);
      }
      out[i] = Math.round(value * this.#amplitude);
    }
  }
}

export function isKey(key: string): boolean {
  return Object.hasOwn(KEYS, key);
}

/** The sound of a telephone key, one of 0–9 * # A–D. */
export function keyTone(key: string): Tone {
  const frequencies = KEYS[key];
  if (frequencies === undefined) throw new Error(`"${key}" is not a telephone key`);
  return new Tone(frequencies, KEY_AMPLITUDE);
}
