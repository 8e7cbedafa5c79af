import { FRAME_MS, FRAME_SAMPLES, type Frame } from '../audio/frame.ts';
import { encode, muLaw } from '../audio/g711.ts';
import type { Commands, RecordEnd } from '../protocol.ts';
import { Spool, type SpoolProblem } from './spool.ts';

/** One frame of two channels, a byte each. */
const FRAME_BYTES = 2 * FRAME_SAMPLES;
export const SPOOL_BYTES_PER_MS = FRAME_BYTES / FRAME_MS;
/** Half a second: what a kill may cost. */
const CHUNK_FRAMES = 25;
/** Free space is looked at every second. */
const CHECK_FRAMES = 50;

type Pause = Commands['record.pause']['ask']['pause'];

/** Writes one conversation: mu-law, left and right interleaved. */
export class Recorder {
  readonly startedAt = Date.now();
  readonly #spool: Spool;
  #chunk = Buffer.allocUnsafe(CHUNK_FRAMES * FRAME_BYTES);
  #filled = 0;
  #frames = 0;
  #pause: Pause = null;
  #ended: Promise<RecordEnd> | null = null;

  /** `failed` is called at most once; what is written afterwards is dropped. */
  constructor(
    ask: { path: string; minFreeBytes: number },
    failed: (problem: SpoolProblem, error: unknown) => void,
  ) {
    this.#spool = new Spool(ask.path, ask.minFreeBytes, failed);
  }

  /** One tick; null is silence. `skipped`: ticks the clock left out before it: silent, not lost. */
  write(left: Frame | null, right: Frame | null, skipped = 0): void {
    if (this.#ended !== null || this.#pause === 'skip') return;
    for (let i = 0; i < skipped; i++) this.#frame(null, null);
    if (this.#pause === 'silence') this.#frame(null, null);
    else this.#frame(left, right);
  }

  pause(pause: Pause): void {
    this.#pause = pause;
  }

  /** Writes what is left and closes the file. Again: the same end. */
  stop(): Promise<RecordEnd> {
    this.#ended ??= this.#finish();
    return this.#ended;
  }

  #frame(left: Frame | null, right: Frame | null): void {
    this.#channel(left, 0);
    this.#channel(right, 1);
    this.#filled += FRAME_BYTES;
    this.#frames++;
    // The very first frame goes out at once: a file that cannot be written is known early.
    if (this.#filled === this.#chunk.length || this.#frames === 1) this.#flush();
    if (this.#frames % CHECK_FRAMES === 0) this.#spool.checkSpace();
  }

  #channel(frame: Frame | null, channel: 0 | 1): void {
    const from = this.#filled + channel;
    if (frame !== null) {
      encode(muLaw, frame, this.#chunk, from, 2);
      return;
    }
    for (let at = from; at < this.#filled + FRAME_BYTES; at += 2) this.#chunk[at] = muLaw.silence;
  }

  #flush(): void {
    if (this.#filled === 0) return;
    this.#spool.append(this.#chunk.subarray(0, this.#filled));
    this.#chunk = Buffer.allocUnsafe(CHUNK_FRAMES * FRAME_BYTES);
    this.#filled = 0;
  }

  async #finish(): Promise<RecordEnd> {
    this.#flush();
    await this.#spool.close();
    const durationMs =
      this.#spool.problem === null
        ? this.#frames * FRAME_MS
        : Math.floor(this.#spool.written / SPOOL_BYTES_PER_MS);
    return { startedAt: this.startedAt, durationMs, problem: this.#spool.problem };
  }
}
