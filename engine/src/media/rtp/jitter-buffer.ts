import { Concealment } from '../audio/concealment.ts';
import { FRAME_SAMPLES, samplesOf, type Frame } from '../audio/frame.ts';
import type { Law } from '../audio/g711.ts';

/** Power of two, 512 ms: room for the deepest buffer and a burst on top. */
const RING = 4096;
const MASK = RING - 1;

/** How early packets should come, at least and at most: the depth moves between the two. */
const LEAST_MARGIN = samplesOf(20);
const MOST_MARGIN = samplesOf(120);
const FIRST_MARGIN = samplesOf(40);
/** A late packet deepens the buffer by this much more than was missing. */
const MARGIN_STEP = samplesOf(5);
/** How far a packet may be off before it is taken for a new timeline. */
const FARTHEST = samplesOf(300);
/** Packets of so many frames in a row must agree on it: a burst after a stall is not enough. */
const JUMP_FRAMES = 3;
/** More sound than this in one packet is no telephone. It must fit in the ring beside FARTHEST. */
const LONGEST_PACKET = samplesOf(120);
/** Over how many packets (one second) the earliness is watched before it is corrected. */
const WINDOW = 50;
/** When every one of so many packets is deeper than allowed, there is no waiting. */
const DEEP_WINDOW = 10;

export interface JitterStats {
  received: number;
  /** Too late to be heard. */
  late: number;
  duplicates: number;
  concealedFrames: number;
  /** New stream or jumped timestamps. */
  resyncs: number;
}

/**
 * Turns packets, as they happen to arrive, into one frame every 20 ms.
 *
 * Samples are laid out by their timestamp, so order, duplicates and packet length do not matter.
 * The place we read from trails the packets; how far depends on how late packets have been lately.
 * When one comes too late, we read from an earlier place again (the gap was concealed); when all
 * come much too early for a second, we skip a little, cross-faded. A gap in which nothing comes
 * costs nothing: our place moves on like the sender's clock.
 */
export class JitterBuffer {
  readonly stats: JitterStats = {
    received: 0,
    late: 0,
    duplicates: 0,
    concealedFrames: 0,
    resyncs: 0,
  };
  readonly #ring = new Int16Array(RING);
  /** 1 where #ring holds a sample that was not read yet. */
  readonly #filled = new Uint8Array(RING);
  readonly #concealment = new Concealment();
  #ssrc = -1;
  /** Timestamp of the next sample to be read; null before the first packet. */
  #readAt: number | null = null;
  /** How early the least early packet should be. */
  #margin = FIRST_MARGIN;
  #leastAhead = Infinity;
  #lateInWindow = false;
  #inWindow = 0;
  /** Frames in a row with packets from another timeline, or too late to be heard. */
  #strays = 0;
  #strayCounted = false;
  #skip = 0;
  #paused = false;

  /** How early packets are wanted, in ms: 20 to 120. */
  get marginMs(): number {
    return this.#margin / 8;
  }

  /** One packet of sound. `marker`: first after a silence (RFC 3551 §4.1). */
  push(
    law: Law,
    packet: { ssrc: number; timestamp: number; marker: boolean; payload: Uint8Array },
  ): void {
    const { payload, timestamp } = packet;
    if (payload.length === 0 || payload.length > LONGEST_PACKET) return;
    this.#paused = false;
    this.stats.received++;
    if (packet.ssrc !== this.#ssrc) {
      this.#ssrc = packet.ssrc;
      this.#concealment.reset();
      this.#resync(timestamp);
    }
    let ahead = this.#ahead(timestamp);
    if (ahead < -FARTHEST || ahead > FARTHEST) {
      // A sender may stop its clock while it is silent; with the marker we need not wait to see.
      if (!packet.marker && !this.#strayed()) return;
      this.#resync(timestamp);
      ahead = this.#ahead(timestamp);
    }
    this.#watch(ahead);
    if (this.#store(law, timestamp, payload)) {
      this.#strays = 0;
    } else if (this.#strayed()) {
      this.#resync(timestamp);
      this.#store(law, timestamp, payload);
    }
  }

  /** The sender says that it is silent (RFC 3389): until it speaks again, nothing is missing. */
  pause(): void {
    this.#paused = true;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** The next 20 ms into `out`. False: nothing is coming at all and `out` is silent. */
  pull(out: Frame): boolean {
    if (this.#readAt === null) {
      out.fill(0);
      return false;
    }
    const start = this.#readAt;
    this.#strayCounted = false;
    this.#readAt = (start + FRAME_SAMPLES) >>> 0;
    const found = this.#take(start, out);
    if (found === FRAME_SAMPLES) {
      if (this.#skip > 0) this.#skipWithin(out);
      this.#concealment.real(out);
      return true;
    }
    if (found === 0 && this.#paused) {
      this.#concealment.reset();
      return false;
    }
    this.stats.concealedFrames++;
    this.#fillGaps(found, out);
    return found > 0 || this.#concealment.active;
  }

  #ahead(timestamp: number): number {
    return (timestamp - (this.#readAt ?? timestamp)) | 0;
  }

  /** One more packet that makes no sense on our timeline. True: believe it. */
  #strayed(): boolean {
    if (!this.#strayCounted) this.#strays++;
    this.#strayCounted = true;
    return this.#strays >= JUMP_FRAMES;
  }

  /** Begins anew so that a packet with this timestamp is read after the margin. */
  #resync(timestamp: number): void {
    if (this.#readAt !== null) this.stats.resyncs++;
    this.#readAt = (timestamp - this.#margin) >>> 0;
    this.#filled.fill(0);
    this.#strays = 0;
    this.#skip = 0;
    this.#newWindow();
  }

  #watch(ahead: number): void {
    if (ahead < 0) {
      this.#lateInWindow = true;
      this.#deepen(-ahead);
      ahead = 0;
    }
    this.#leastAhead = Math.min(this.#leastAhead, ahead);
    this.#inWindow++;
    if (this.#inWindow >= DEEP_WINDOW && this.#leastAhead > MOST_MARGIN + FRAME_SAMPLES) {
      this.#jumpForward(this.#leastAhead - this.#margin);
      this.#newWindow();
      return;
    }
    if (this.#inWindow < WINDOW) return;
    if (!this.#lateInWindow) {
      this.#margin = Math.max(LEAST_MARGIN, this.#margin - MARGIN_STEP);
    }
    // Within ten milliseconds of the aim is good enough: every correction is a small lie.
    const excess = this.#leastAhead - this.#margin;
    if (excess > FRAME_SAMPLES / 2) this.#skip = Math.min(excess, FRAME_SAMPLES);
    this.#newWindow();
  }

  /** A packet came `lateBy` samples too late: read later from now on, as far as that is allowed. */
  #deepen(lateBy: number): void {
    const room = MOST_MARGIN - this.#margin;
    const by = Math.min(lateBy + MARGIN_STEP, room);
    if (by <= 0 || this.#readAt === null) return;
    this.#margin += by;
    this.#readAt = (this.#readAt - by) >>> 0;
    this.#skip = 0;
  }

  #jumpForward(by: number): void {
    const from = this.#readAt!;
    for (let i = 0; i < by; i++) this.#filled[(from + i) & MASK] = 0;
    this.#readAt = (from + by) >>> 0;
    this.stats.resyncs++;
  }

  #newWindow(): void {
    this.#leastAhead = Infinity;
    this.#lateInWindow = false;
    this.#inWindow = 0;
  }

  /** False: too late, every sample of it. */
  #store(law: Law, timestamp: number, payload: Uint8Array): boolean {
    const ahead = this.#ahead(timestamp);
    const first = ahead < 0 ? -ahead : 0;
    if (first >= payload.length) {
      this.stats.late++;
      return false;
    }
    if (this.#filled[(timestamp + first) & MASK] === 1) this.stats.duplicates++;
    for (let i = first; i < payload.length; i++) {
      const at = (timestamp + i) & MASK;
      this.#ring[at] = law.decodeTable[payload[i]!]!;
      this.#filled[at] = 1;
    }
    return true;
  }

  /** Takes 160 samples out of the ring; says how many there were. Missing ones are 0. */
  #take(start: number, out: Frame): number {
    let found = 0;
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      const at = (start + i) & MASK;
      if (this.#filled[at] === 1) {
        out[i] = this.#ring[at]!;
        found++;
      } else {
        out[i] = 0;
      }
      this.#filled[at] = 0;
    }
    return found;
  }

  /** Sound made up for what is missing; what did arrive is kept as it is. */
  #fillGaps(found: number, out: Frame): void {
    if (found === 0) {
      this.#concealment.conceal(out);
      return;
    }
    const arrived = out.slice();
    this.#concealment.conceal(out);
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      // #take has cleared the marks; a sample that is exactly 0 is as good made up.
      if (arrived[i] !== 0) out[i] = arrived[i]!;
    }
  }

  /** Fades from this frame to the sound `#skip` samples later, and goes on from there. */
  #skipWithin(out: Frame): void {
    const skip = this.#skip;
    const from = (this.#readAt! - FRAME_SAMPLES + skip) >>> 0;
    for (let i = 0; i < skip; i++) {
      // The samples to fade into must be there, or this is not the moment.
      if (this.#filled[(from + FRAME_SAMPLES - skip + i) & MASK] !== 1) return;
    }
    this.#skip = 0;
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      const weight = (i + 1) / (FRAME_SAMPLES + 1);
      const at = (from + i) & MASK;
      const later = this.#ring[at]!;
      out[i] = Math.round(out[i]! * (1 - weight) + later * weight);
      this.#filled[at] = 0;
    }
    this.#readAt = (this.#readAt! + skip) >>> 0;
  }
}
