import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { ApiProblem } from './problem.ts';

export interface AdmissionLimits {
  /** Callbacks that are owed and not sent yet. */
  maxBacklog: number;
  /** With the process this far behind, everything new makes it worse. Milliseconds. */
  maxLagMs: number;
}

/** How often the lag is judged anew, and how often in a row it must be too much. */
const WINDOW_MS = 250;
const WINDOWS = 4;

/**
 * Who may still place a call. What the engine cannot carry is refused at once, with Twilio's
 * "too many requests": a queue would make everybody late, and those in conversation first.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #backlog: () => number;
  readonly #delay: IntervalHistogram;
  readonly #timer: NodeJS.Timeout;
  /** Windows in a row that were too late: a single one is a start, or a busy machine. */
  #late = 0;

  constructor(limits: AdmissionLimits, backlog: () => number) {
    this.#limits = limits;
    this.#backlog = backlog;
    this.#delay = monitorEventLoopDelay({ resolution: 10 });
    this.#delay.enable();
    this.#timer = setInterval(() => {
      const lagMs = this.#delay.percentile(90) / 1e6;
      this.#late = lagMs > this.#limits.maxLagMs ? this.#late + 1 : 0;
      this.#delay.reset();
    }, WINDOW_MS).unref();
  }

  /** @throws ApiProblem 429 */
  check(): void {
    if (this.#backlog() >= this.#limits.maxBacklog || this.#late >= WINDOWS) {
      throw new ApiProblem(429, 20_429, 'Too Many Requests');
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#delay.disable();
  }
}
