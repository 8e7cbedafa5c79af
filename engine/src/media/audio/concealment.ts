import { FRAME_SAMPLES, type Frame } from './frame.ts';

/** Pitch periods looked for: 5 to 15 ms, 66 to 200 Hz (after ITU-T G.711 Appendix I). */
const SHORTEST_PITCH = 40;
const LONGEST_PITCH = 120;
const COMPARED = 160;
const HISTORY = LONGEST_PITCH + COMPARED + LONGEST_PITCH;
/** How long made-up sound lasts, fading, before it becomes silence. */
const FADE_AFTER = 80;
const SILENT_AFTER = 480;
/** Real sound returns over this many samples, so that there is no click. */
const BLEND = 40;

/**
 * Fills gaps with the last pitch period, repeated and faded within 60 ms: a lost packet is then
 * hardly heard, a longer gap is silence.
 */
export class Concealment {
  readonly #history = new Int16Array(HISTORY);
  readonly #period = new Float32Array(LONGEST_PITCH);
  #periodLength = 0;
  #position = 0;
  /** Samples made up so far in this gap; 0 while real sound comes. */
  #concealed = 0;

  get active(): boolean {
    return this.#concealed > 0;
  }

  /** Forgets what it heard: a new stream begins. */
  reset(): void {
    this.#history.fill(0);
    this.#concealed = 0;
  }

  /** A frame that arrived. Blends its beginning if sound was made up until now. */
  real(frame: Frame): void {
    if (this.#concealed > 0) {
      for (let i = 0; i < BLEND; i++) {
        const weight = (i + 1) / (BLEND + 1);
        frame[i] = Math.round(frame[i]! * weight + this.#next() * (1 - weight));
      }
      this.#concealed = 0;
    }
    this.#remember(frame);
  }

  /** Makes up a frame for one that did not arrive. */
  conceal(out: Frame): void {
    if (this.#concealed >= SILENT_AFTER) {
      out.fill(0);
      return;
    }
    if (this.#concealed === 0) this.#findPeriod();
    for (let i = 0; i < out.length; i++) out[i] = Math.round(this.#next());
    this.#remember(out);
  }

  #next(): number {
    const value = this.#period[this.#position]!;
    this.#position = (this.#position + 1) % this.#periodLength;
    const age = this.#concealed++;
    const gain =
      age <= FADE_AFTER ? 1 : Math.max(0, 1 - (age - FADE_AFTER) / (SILENT_AFTER - FADE_AFTER));
    return value * gain;
  }

  #remember(frame: Frame): void {
    this.#history.copyWithin(0, FRAME_SAMPLES);
    this.#history.set(frame, HISTORY - FRAME_SAMPLES);
  }

  /** The lag at which the newest sound looks most like what came before it. */
  #findPeriod(): void {
    const history = this.#history;
    const start = HISTORY - COMPARED;
    let best = SHORTEST_PITCH;
    let bestScore = -Infinity;
    for (let lag = SHORTEST_PITCH; lag <= LONGEST_PITCH; lag++) {
      let product = 0;
      let energy = 1;
      // Every second sample is enough to tell one pitch from another.
      for (let i = start; i < HISTORY; i += 2) {
        const earlier = history[i - lag]!;
        product += history[i]! * earlier;
        energy += earlier * earlier;
      }
      const score = product / Math.sqrt(energy);
      if (score > bestScore) {
        bestScore = score;
        best = lag;
      }
    }
    this.#copyPeriod(best);
  }

  /** Takes the last period and bends its end towards the sample before its start: it repeats. */
  #copyPeriod(length: number): void {
    const overlap = length >> 2;
    for (let i = 0; i < length; i++) {
      const value = this.#history[HISTORY - length + i]!;
      const fromEnd = length - i;
      if (fromEnd > overlap) {
        this.#period[i] = value;
      } else {
        const weight = fromEnd / (overlap + 1);
        const earlier = this.#history[HISTORY - 2 * length + i]!;
        this.#period[i] = value * weight + earlier * (1 - weight);
      }
    }
    this.#periodLength = length;
    this.#position = 0;
  }
}
