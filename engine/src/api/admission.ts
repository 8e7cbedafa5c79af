import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { PlacingRate } from './placing-rate.ts';
import { ApiProblem } from './problem.ts';

export interface AdmissionLimits {
  /** Callbacks that are owed and not sent yet. */
  maxBacklog: number;
  /** With the process this far behind, everything new makes it worse. Milliseconds. */
  maxLagMs: number;
}

/** How often the lag is judged anew. */
const PERIOD_MS = 100;
/** How often in a row it must be above `maxLagMs` before nobody may come in. */
const PERIODS = 10;
/** Later than this in half of a period, the process takes more calls than it can carry. */
const BEHIND_MS = 30;

/**
 * Who may still place a call, or call in. What the engine cannot carry is refused at once, with Twilio's
 * "too many requests", or SIP's "service unavailable": a queue would make everybody late, and those in conversation first.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #backlog: () => number;
  readonly #delay: IntervalHistogram;
  readonly #timer: NodeJS.Timeout;
  readonly #rate = new PlacingRate(performance.now());
  /** Periods in a row that were too late: a single one is a start, or a busy machine. */
  #late = 0;

  constructor(limits: AdmissionLimits, backlog: () => number) {
    this.#limits = limits;
    this.#backlog = backlog;
    this.#delay = monitorEventLoopDelay({ resolution: 10 });
    this.#delay.enable();
    this.#timer = setInterval(() => this.#judge(), PERIOD_MS).unref();
  }

  /** Refuses before the body is read, so that saying no costs next to nothing. 429. */
  readonly hook = async (): Promise<void> => {
    if (!this.take()) throw new ApiProblem(429, 20_429, 'Too Many Requests');
  };

  /** Whether one more call may be placed, or come in, now; if so, it counts. */
  take(): boolean {
    const full = this.#backlog() >= this.#limits.maxBacklog || this.#late >= PERIODS;
    return !full && this.#rate.take(performance.now());
  }

  close(): void {
    clearInterval(this.#timer);
    this.#delay.disable();
  }

  #judge(): void {
    const lagMs = this.#delay.percentile(50) / 1e6;
    this.#late = lagMs > this.#limits.maxLagMs ? this.#late + 1 : 0;
    this.#rate.judge(lagMs > BEHIND_MS, performance.now());
    this.#delay.reset();
  }
}
