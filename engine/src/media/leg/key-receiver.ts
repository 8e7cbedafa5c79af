import { FRAME_SAMPLES, samplesOf, type Frame } from '../audio/frame.ts';
import { keyTone, type Tone } from '../audio/tones.ts';
import type { TelephoneEvent } from '../rtp/telephone-event.ts';
import type { PressedKey } from './leg.ts';

/** A key whose packets stop coming sounds on for this long. */
const GRACE = samplesOf(60);
/** The shortest tone that people and machines hear as a key. */
const SHORTEST = samplesOf(40);

/** Turns arriving RFC 4733 packets into one "pressed" per key and into the key's sound. */
export class KeyReceiver {
  readonly #pressed: (key: string) => void;
  #timestamp: number | null = null;
  #down: (PressedKey & { tone: Tone }) | null = null;
  #played = 0;
  #until = 0;

  constructor(pressed: (key: string) => void) {
    this.#pressed = pressed;
  }

  /** The key that sounds in the frame that `sound` wrote last. */
  get down(): PressedKey | null {
    return this.#down;
  }

  /** All packets of one key carry the timestamp of its beginning (RFC 4733 §2.2.1). */
  receive(timestamp: number, event: TelephoneEvent): void {
    if (timestamp !== this.#timestamp) {
      // A straggler of an earlier key is not a new one.
      if (this.#timestamp !== null && ((timestamp - this.#timestamp) | 0) < 0) return;
      this.#timestamp = timestamp;
      this.#down = { key: event.key, tone: keyTone(event.key) };
      this.#played = 0;
      this.#until = 0;
      this.#pressed(event.key);
    }
    const until = event.end ? Math.max(event.duration, SHORTEST) : event.duration + GRACE;
    this.#until = event.end ? until : Math.max(until, this.#until);
  }

  /** A new stream has its own timestamps. */
  reset(): void {
    this.#timestamp = null;
  }

  /** Writes the key's sound over `out` while it sounds; false when no key does. */
  sound(out: Frame): boolean {
    if (this.#down === null) return false;
    if (this.#played >= this.#until) {
      this.#down = null;
      return false;
    }
    this.#down.tone.fill(out);
    this.#played += FRAME_SAMPLES;
    return true;
  }
}
