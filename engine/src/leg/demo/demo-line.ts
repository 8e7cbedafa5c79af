import type { Logger } from 'pino';
import type { MediaLink } from '../../media-link.ts';
import type { DemoStep } from '../../media/protocol.ts';
import type { Line, LineListener } from '../line.ts';
import type { DemoCustomer } from './customers.ts';

/** The phone of a demo customer: rings, and then does what the customer is made to do. */
export class DemoLine implements Line {
  mediaLeg: string | null = null;
  readonly #sid: string;
  readonly #customer: DemoCustomer;
  readonly #media: MediaLink;
  readonly #log: Logger;
  #listener: LineListener | null = null;
  #timer: NodeJS.Timeout | null = null;
  #deaf: (() => void) | null = null;

  constructor(sid: string, customer: DemoCustomer, media: MediaLink, log: Logger) {
    this.#sid = sid;
    this.#customer = customer;
    this.#media = media;
    this.#log = log;
  }

  dial(listener: LineListener): void {
    this.#listener = listener;
    const { then, ringMs } = this.#customer;
    if (then === 'answer' || then === 'no-answer' || ringMs > 0) listener.ringing();
    if (then === 'no-answer') return;
    // How long the customer lets it ring is the customer's own behaviour, not a wait of ours.
    if (ringMs > 0) this.#timer = setTimeout(() => this.#decide(), ringMs);
    else this.#decide();
  }

  answer(): Promise<void> {
    return Promise.reject(new Error('a demo customer is called, it never calls'));
  }

  close(): void {
    this.#listener = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#deaf?.();
    this.#deaf = null;
    if (this.mediaLeg !== null) this.#media.tell('leg.close', { leg: this.mediaLeg });
    this.mediaLeg = null;
  }

  #decide(): void {
    const listener = this.#listener;
    if (listener === null) return;
    // RFC 3261 21.4.24 (486 Busy Here), 21.4.5 (404 Not Found)
    if (this.#customer.then === 'busy') listener.ended('busy', 486);
    else if (this.#customer.then === 'not-in-service') listener.ended('failed', 404);
    else this.#pickUp();
  }

  #pickUp(): void {
    const leg = this.#sid;
    this.mediaLeg = leg;
    this.#deaf = this.#media.onLeg(leg, (news) => {
      if (news.event === 'demo.ended' && news.data.hangup) this.#listener?.ended('completed', 200);
      if (news.event === 'leg.lost') this.#listener?.ended('completed', 200);
    });
    const steps = this.#customer.steps.map((step): DemoStep =>
      step.do === 'play'
        ? { do: 'play', path: step.file }
        : step.do === 'echo'
          ? { do: 'echo', delayMs: step.delayMs, ...(step.ms === undefined ? {} : { ms: step.ms }) }
          : step,
    );
    // Answered is who can speak: the leg is there, and may be joined to a room at once.
    this.#media.ask('leg.demo', { leg, steps }).then(
      () => this.#listener?.answered(),
      (error: unknown) => {
        this.#log.error({ err: error, call: leg }, 'a demo customer has no voice');
        this.#listener?.ended('failed', 500);
      },
    );
  }
}
