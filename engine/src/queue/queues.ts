import type { Ledger } from '../journal/ledger.ts';
import { newSid } from '../sid.ts';
import { Queue } from './queue.ts';
import { DEFAULT_MAX_SIZE, type QueueRecord } from './queue-record.ts';

/** The queues in which calls wait. They stay until they are deleted, as on Twilio. */
export class Queues {
  readonly #ledger: Ledger;
  readonly #all = new Map<string, Queue>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    for (const record of ledger.queues.values()) this.#all.set(record.sid, new Queue(record));
  }

  /** The newest first. */
  list(): Queue[] {
    return [...this.#all.values()].reverse();
  }

  find(sid: string): Queue | undefined {
    return this.#all.get(sid);
  }

  byName(name: string): Queue | undefined {
    return this.list().find(({ record }) => record.friendlyName === name);
  }

  /** The queue of this name, or a new one. */
  named(name: string): Queue {
    return this.byName(name) ?? this.create(name, DEFAULT_MAX_SIZE);
  }

  create(friendlyName: string, maxSize: number): Queue {
    const now = Date.now();
    const record = { sid: newSid('QU'), friendlyName, maxSize, createdAt: now, updatedAt: now };
    const queue = new Queue(record);
    this.#all.set(record.sid, queue);
    this.#ledger.queues.save(record);
    return queue;
  }

  update({ record }: Queue, change: Partial<Pick<QueueRecord, 'friendlyName' | 'maxSize'>>): void {
    Object.assign(record, change, { updatedAt: Date.now() });
    this.#ledger.queues.save(record);
  }

  /** Only a queue that is idle may go. */
  remove({ sid }: Queue): void {
    this.#all.delete(sid);
    this.#ledger.queues.forget(sid);
  }
}
