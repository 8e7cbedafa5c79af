import { newSid } from '../sid.ts';
import { Queue } from './queue.ts';

/** The queues in which calls wait, by name. One lives as long as somebody is in it or asks for it. */
export class Queues {
  readonly #live = new Map<string, Queue>();

  /** The queue of this name, or a new one. */
  named(name: string): Queue {
    for (const [known, queue] of this.#live) if (queue.idle) this.#live.delete(known);
    const queue = this.#live.get(name) ?? new Queue(newSid('QU'), name);
    this.#live.set(name, queue);
    return queue;
  }
}
