import type { Frame } from './frame.ts';

/** Nobody's line is louder than this while it is silent; a sender that says so errs. */
const LOUDEST_LEVEL = 30;
const FULL_SCALE = 32_767;

/** The noise of a line whose sender says nothing (RFC 3389), so that it does not sound dead. */
export class ComfortNoise {
  #peak = 0;
  /** Xorshift: noise that need not be better than it sounds. */
  #state = 0x9e37_79b9;

  /** Takes the level out of a packet. Its spectrum is left out: white does for a telephone. */
  receive(payload: Uint8Array): void {
    // RFC 3389 §3.1: −dBov in seven bits; 0 dBov is a square wave at full scale.
    const level = Math.max(LOUDEST_LEVEL, (payload[0] ?? 127) & 0x7f);
    // Evenly spread values have a root mean square of peak / √3.
    this.#peak = FULL_SCALE * 10 ** (-level / 20) * Math.sqrt(3);
  }

  fill(out: Frame): void {
    for (let i = 0; i < out.length; i++) {
      let state = this.#state;
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      this.#state = state;
      out[i] = Math.round((state / 2 ** 31) * this.#peak);
    }
  }
}
