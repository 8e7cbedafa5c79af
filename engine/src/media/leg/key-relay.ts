import { FRAME_SAMPLES } from '../audio/frame.ts';
import type { KeyMoment } from './key-sender.ts';
import type { PressedKey } from './leg.ts';

/** RFC 4733 §2.5.1.3: a duration has 16 bits; a key that is held longer ends there. */
const LONGEST = 0xffff - FRAME_SAMPLES;

/**
 * Keys that somebody else in the room holds down, as moments for who is told of keys and does not
 * hear them.
 */
export class KeyRelay {
  #down: PressedKey | null = null;
  #duration = 0;

  /** Once per frame, with the key that sounds in it; null when there is nothing to tell. */
  next(sounding: PressedKey | null): (KeyMoment & { kind: 'down' }) | null {
    const first = this.#down === null;
    const pressed = this.#down ?? sounding;
    if (pressed === null) return null;
    // Cut off at the longest, the rest of it is no key of its own.
    if (this.#duration >= LONGEST) {
      if (sounding !== pressed) this.#up();
      return null;
    }
    this.#down = pressed;
    this.#duration += FRAME_SAMPLES;
    const duration = this.#duration;
    const last = sounding !== pressed || duration >= LONGEST;
    if (sounding !== pressed) this.#up();
    return { kind: 'down', key: pressed.key, duration, first, last };
  }

  #up(): void {
    this.#down = null;
    this.#duration = 0;
  }
}
