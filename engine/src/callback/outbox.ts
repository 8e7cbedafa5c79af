import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Ledger, OwedCallback } from '../journal/ledger.ts';
import { AskFailed, type Requester } from './request.ts';

const MAX_REPLY_BYTES = 64 * 1024;

/**
 * Sends status callbacks: those of one queue in order and one at a time, different queues side by
 * side. What is owed is journalled first, so that a killed engine sends it after its next start. A
 * callback is given up when its own overrides say so (best effort, as on Twilio).
 */
export class Outbox {
  readonly #requester: Requester;
  readonly #ledger: Ledger;
  readonly #log: Logger;
  readonly #onFailed: (callback: OwedCallback, error: AskFailed) => void;
  readonly #queues = new Map<string, Promise<void>>();
  #closed = false;

  /** `onFailed` is told of callbacks that are given up. */
  constructor(
    requester: Requester,
    ledger: Ledger,
    log: Logger,
    onFailed: (callback: OwedCallback, error: AskFailed) => void,
  ) {
    this.#requester = requester;
    this.#ledger = ledger;
    this.#log = log;
    this.#onFailed = onFailed;
  }

  send(callback: Omit<OwedCallback, 'id'>): void {
    const owed = { id: randomUUID(), ...callback };
    this.#ledger.owed.save(owed);
    this.#enqueue(owed);
  }

  /** Takes up what an earlier life of the engine left unsent. */
  resume(): void {
    for (const owed of this.#ledger.owed.values()) this.#enqueue(owed);
  }

  get pending(): number {
    return this.#ledger.owed.size;
  }

  /** Resolves when everything owed so far is sent, or after `ms`. The rest stays journalled. */
  async close(ms: number): Promise<void> {
    if (this.#closed) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([this.#drained(), late]);
    clearTimeout(timer);
    this.#closed = true;
  }

  async #drained(): Promise<void> {
    while (this.#queues.size > 0) await Promise.all(this.#queues.values());
  }

  #enqueue(owed: OwedCallback): void {
    const before = this.#queues.get(owed.queue) ?? Promise.resolve();
    const mine = before.then(() => this.#deliver(owed));
    this.#queues.set(owed.queue, mine);
    void mine.finally(() => {
      if (this.#queues.get(owed.queue) === mine) this.#queues.delete(owed.queue);
    });
  }

  async #deliver(owed: OwedCallback): Promise<void> {
    if (this.#closed) return;
    const { url, method, fields } = owed;
    try {
      await this.#requester.ask({
        url,
        method,
        fields,
        maxBytes: MAX_REPLY_BYTES,
        purpose: 'callback',
        idempotencyToken: owed.id,
      });
    } catch (error) {
      if (this.#closed) return;
      if (error instanceof AskFailed) this.#onFailed(owed, error);
      else this.#log.error({ err: error, url, fields }, 'a status callback could not be sent');
    }
    this.#ledger.owed.forget(owed.id);
  }
}
