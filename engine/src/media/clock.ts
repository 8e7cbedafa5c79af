import { FRAME_MS } from './audio/frame.ts';

/** The clock never runs more than this behind: after a suspended machine there is a jump. */
const MOST_BEHIND_MS = 2000;
/** Lateness is counted in steps of 0.1 ms up to 200 ms. */
const BUCKETS = 2000;
const BUCKET_MS = 0.1;

export interface TickStats {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

/** How late ticks were, in constant memory. */
export class Lateness {
  readonly #buckets = new Uint32Array(BUCKETS + 1);
  #count = 0;
  #max = 0;

  add(ms: number): void {
    const bucket = Math.min(BUCKETS, Math.max(0, Math.floor(ms / BUCKET_MS)));
    this.#buckets[bucket] = this.#buckets[bucket]! + 1;
    this.#count++;
    this.#max = Math.max(this.#max, ms);
  }

  /** Everything since the last call. */
  take(): TickStats {
    const stats = {
      count: this.#count,
      p50: this.#quantile(0.5),
      p99: this.#quantile(0.99),
      max: Math.round(this.#max * 10) / 10,
    };
    this.#buckets.fill(0);
    this.#count = 0;
    this.#max = 0;
    return stats;
  }

  #quantile(share: number): number {
    let rest = Math.ceil(this.#count * share);
    for (let bucket = 0; bucket <= BUCKETS && rest > 0; bucket++) {
      rest -= this.#buckets[bucket]!;
      if (rest <= 0) return Math.round(bucket * BUCKET_MS * 10) / 10;
    }
    return 0;
  }
}

/**
 * Ticks every 20 ms on average, for ever: a late tick does not move the ones after it, and missed
 * ones are made up for. `setInterval` loses several in a hundred.
 */
export class Clock {
  readonly lateness = new Lateness();
  readonly #tick: (skipped: number) => void;
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;
  #next = 0;

  /**
   * `tick` is called once per 20 ms. `skipped`: frames left out before this one, not 0 only when
   * the process stood still for seconds.
   */
  constructor(tick: (skipped: number) => void) {
    this.#tick = tick;
  }

  get running(): boolean {
    return this.#timer !== null || this.#immediate !== null;
  }

  start(): void {
    if (this.running) return;
    this.#next = performance.now() + FRAME_MS;
    this.#arm();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#timer = null;
    this.#immediate = null;
  }

  #arm(): void {
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        if (performance.now() - this.#next < FRAME_MS) {
          this.#run();
          return;
        }
        // We stood still: packets that came meanwhile are waiting too, and should be heard first.
        this.#immediate = setImmediate(() => {
          this.#immediate = null;
          this.#run();
        });
      },
      Math.max(0, this.#next - performance.now()),
    );
  }

  #run(): void {
    let behind = performance.now() - this.#next;
    this.lateness.add(behind);
    let skipped = 0;
    if (behind > MOST_BEHIND_MS) {
      skipped = Math.floor(behind / FRAME_MS);
      this.#next += skipped * FRAME_MS;
      behind -= skipped * FRAME_MS;
    }
    // Armed first: a tick that throws must not stop the clock.
    const ticks = 1 + Math.max(0, Math.floor(behind / FRAME_MS));
    this.#next += ticks * FRAME_MS;
    this.#arm();
    for (let i = 0; i < ticks; i++) this.#tick(i === 0 ? skipped : 0);
  }
}
