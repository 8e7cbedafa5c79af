/** Where packets come from, or go to. */
export interface Endpoint {
  address: string;
  port: number;
}

/** So long the side that was named, or is known, has the first word. */
const NAMED_HAS_MS = 500;
const KNOWN_HAS_MS = 2000;
/** So many packets in a row, each with the next number, are a stream and no stray. */
const STREAM = 5;

/**
 * Symmetric RTP (RFC 4961): where do the other side's packets come from? Behind NAT that is not
 * what its description says; and anybody may send packets to our port. So:
 *
 * - What comes from the address and port that were named is theirs, at any time.
 * - A stranger is believed when the named one (or the one found before) is silent, and its packets
 *   are a stream; at once, and for good, when they are authentic (SRTP).
 * - All else is dropped.
 */
export class SourceLatch {
  #named: Endpoint;
  #known: Endpoint | null = null;
  /** When the named or known side last said something, or was named. */
  #lastAt: number;
  #stranger: Endpoint | null = null;
  #strangerNext = 0;
  #inARow = 0;

  /** `now` in ms, of any steady clock. */
  constructor(named: Endpoint, now: number) {
    this.#named = named;
    this.#lastAt = now;
  }

  /** Where to send. */
  get target(): Endpoint {
    return this.#known ?? this.#named;
  }

  /** False until a packet of theirs came. */
  get found(): boolean {
    return this.#known !== null;
  }

  /** Another description: it begins anew, unless it names the same place. */
  name(named: Endpoint, now: number): void {
    if (isSame(named, this.#named)) return;
    this.#named = named;
    this.#known = null;
    this.#lastAt = now;
    this.#forgetStranger();
  }

  /** Is this packet theirs? */
  accepts(source: Endpoint, sequence: number, authentic: boolean, now: number): boolean {
    const theirs = isSame(source, this.#named) || isSame(source, this.#known);
    if (!theirs && !authentic && !this.#convinces(source, sequence, now)) return false;
    if (!isSame(source, this.#known)) this.#known = source;
    this.#lastAt = now;
    this.#forgetStranger();
    return true;
  }

  #convinces(source: Endpoint, sequence: number, now: number): boolean {
    const next = isSame(source, this.#stranger) && sequence === this.#strangerNext;
    this.#inARow = next ? this.#inARow + 1 : 1;
    this.#stranger = source;
    this.#strangerNext = (sequence + 1) & 0xffff;
    const patience = this.#known === null ? NAMED_HAS_MS : KNOWN_HAS_MS;
    return this.#inARow >= STREAM && now - this.#lastAt >= patience;
  }

  #forgetStranger(): void {
    this.#stranger = null;
    this.#inARow = 0;
  }
}

function isSame(one: Endpoint, other: Endpoint | null): boolean {
  return one.port === other?.port && one.address === other.address;
}
