import type { Call } from '../leg/call.ts';
import { wholeSeconds } from '../times.ts';
import type { QueueRecord } from './queue-record.ts';

/** How the waiting ended, in the words of `QueueResult`. */
export type QueueResult =
  | 'bridged'
  | 'hangup'
  | 'leave'
  | 'redirected'
  | 'redirected-from-bridged'
  | 'queue-full'
  | 'error';

/** A call that waits. */
export class Waiting {
  readonly call: Call;
  /** Aborted when the call ends or is sent elsewhere, waiting or bridged. */
  readonly signal: AbortSignal;
  readonly since = Date.now();
  /** Aborted when somebody takes the call: what it hears stops. */
  readonly taken: AbortSignal;
  /** Resolves when the conversation with whoever took it is over. */
  readonly bridged: Promise<void>;
  readonly #take = new AbortController();
  #takenAt: number | null = null;
  #over!: () => void;

  constructor(call: Call, signal: AbortSignal) {
    this.call = call;
    this.signal = signal;
    this.taken = this.#take.signal;
    this.bridged = new Promise((resolve) => (this.#over = resolve));
  }

  /** How long it has waited, or had when it was taken. */
  get seconds(): number {
    return wholeSeconds((this.#takenAt ?? Date.now()) - this.since);
  }

  take(): void {
    this.#takenAt = Date.now();
    this.#take.abort();
  }

  /** The conversation is over: the call goes on with what comes after <Enqueue>. */
  release(): void {
    this.#over();
  }
}

/** Calls that wait for somebody, first come, first served. */
export class Queue {
  readonly record: QueueRecord;
  readonly #waiting: Waiting[] = [];
  readonly #askers: ((first: Waiting) => void)[] = [];
  #served = 0;
  #servedSeconds = 0;

  constructor(record: QueueRecord) {
    this.record = record;
  }

  get sid(): string {
    return this.record.sid;
  }

  get idle(): boolean {
    return this.#waiting.length === 0 && this.#askers.length === 0;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Those who wait, the longest first. */
  get members(): readonly Waiting[] {
    return this.#waiting;
  }

  /** How long those who were served had waited, in seconds. */
  get averageSeconds(): number {
    return this.#served === 0 ? 0 : Math.round(this.#servedSeconds / this.#served);
  }

  /** From 1. */
  positionOf(waiting: Waiting): number {
    return this.#waiting.indexOf(waiting) + 1;
  }

  /** Puts a call at the end. Somebody who asked for the next one gets it at once. */
  add(call: Call, signal: AbortSignal): Waiting {
    const waiting = new Waiting(call, signal);
    const asker = this.#askers.shift();
    if (asker === undefined) this.#waiting.push(waiting);
    else this.#hand(waiting, asker);
    return waiting;
  }

  /** Takes a call out that does not want to wait any more. */
  remove(waiting: Waiting): void {
    const index = this.#waiting.indexOf(waiting);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  /** The call that waits longest, now or when one comes; null when `signal` is aborted first. */
  next(signal: AbortSignal): Promise<Waiting | null> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(null);
      const first = this.#waiting.shift();
      if (first) return this.#hand(first, resolve);
      const asker = (waiting: Waiting) => {
        signal.removeEventListener('abort', stop);
        resolve(waiting);
      };
      const stop = () => {
        this.#askers.splice(this.#askers.indexOf(asker), 1);
        resolve(null);
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#askers.push(asker);
    });
  }

  /** What the application is told about somebody who waits here. */
  fieldsOf(waiting: Waiting): Record<string, string> {
    return {
      QueueSid: this.sid,
      QueueTime: String(waiting.seconds),
      QueuePosition: String(this.positionOf(waiting)),
      CurrentQueueSize: String(this.#waiting.length),
      MaxQueueSize: String(this.record.maxSize),
      AvgQueueTime: String(this.averageSeconds),
    };
  }

  #hand(waiting: Waiting, asker: (first: Waiting) => void): void {
    waiting.take();
    this.#served += 1;
    this.#servedSeconds += waiting.seconds;
    asker(waiting);
  }
}
