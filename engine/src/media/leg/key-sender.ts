import { FRAME_SAMPLES, newFrame, samplesOf, type Frame } from '../audio/frame.ts';
import { isKey, keyTone, type Tone } from '../audio/tones.ts';

const PRESS = samplesOf(160);
const GAP = samplesOf(100);
const PAUSES: Record<string, number> = { w: samplesOf(500), W: samplesOf(1000) };

export type KeyMoment =
  /** A key is down; `duration` in samples since it went down, this frame included. */
  | { kind: 'down'; key: string; duration: number; first: boolean; last: boolean }
  | { kind: 'pause' };

/** The keys a leg is to press, one after the other, 20 ms at a time. */
export class KeySender {
  #waiting: string[] = [];
  #key: string | null = null;
  #elapsed = 0;
  #pause = 0;
  #tone: Tone | null = null;
  readonly #frame = newFrame();
  /** Those who wait for all keys to be pressed. */
  #asked: (() => void)[] = [];

  /**
   * Puts keys behind those that wait; what is no key and no pause is left out. Resolves when all
   * of them are pressed, or never will be.
   */
  press(digits: string): Promise<void> {
    for (const letter of digits) {
      const key = letter === 'w' ? letter : letter.toUpperCase();
      if (isKey(key) || PAUSES[key] !== undefined) this.#waiting.push(key);
    }
    return new Promise((resolve) => this.#asked.push(resolve));
  }

  /** Forgets what is left to press. */
  clear(): void {
    this.#waiting = [];
    this.#key = null;
    this.#done();
  }

  /** What happens in this frame; null when there is nothing to press. */
  next(): KeyMoment | null {
    if (this.#pause > 0) {
      this.#pause -= FRAME_SAMPLES;
      return { kind: 'pause' };
    }
    this.#key ??= this.#take();
    if (this.#key === null) {
      this.#done();
      return null;
    }
    const pause = PAUSES[this.#key];
    if (pause !== undefined) {
      this.#key = null;
      this.#pause = pause - FRAME_SAMPLES;
      return { kind: 'pause' };
    }
    const key = this.#key;
    const first = this.#elapsed === 0;
    this.#elapsed += FRAME_SAMPLES;
    const last = this.#elapsed >= PRESS;
    const moment: KeyMoment = { kind: 'down', key, duration: this.#elapsed, first, last };
    if (last) {
      this.#key = null;
      this.#elapsed = 0;
      this.#pause = GAP;
    }
    return moment;
  }

  /** The sound of a moment, for legs that hear keys. */
  sound(moment: KeyMoment): Frame {
    if (moment.kind === 'pause') {
      this.#frame.fill(0);
      return this.#frame;
    }
    if (moment.first || this.#tone === null) this.#tone = keyTone(moment.key);
    this.#tone.fill(this.#frame);
    return this.#frame;
  }

  #done(): void {
    if (this.#asked.length === 0) return;
    const asked = this.#asked;
    this.#asked = [];
    for (const resolve of asked) resolve();
  }

  #take(): string | null {
    return this.#waiting.shift() ?? null;
  }
}
