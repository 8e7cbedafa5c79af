import type { Timer } from './machine.ts';

/** The timers of one transaction. Those that Node starts for the same pause share a list: they are cheap. */
export class Timers {
  readonly #running = new Map<Timer, NodeJS.Timeout>();
  readonly #fire: (timer: Timer) => void;

  constructor(fire: (timer: Timer) => void) {
    this.#fire = fire;
  }

  start(timer: Timer, ms: number): void {
    this.stop(timer);
    const timeout = setTimeout(() => {
      this.#running.delete(timer);
      this.#fire(timer);
    }, ms);
    this.#running.set(timer, timeout);
  }

  stop(timer: Timer): void {
    clearTimeout(this.#running.get(timer));
    this.#running.delete(timer);
  }

  stopAll(): void {
    for (const timeout of this.#running.values()) clearTimeout(timeout);
    this.#running.clear();
  }
}
