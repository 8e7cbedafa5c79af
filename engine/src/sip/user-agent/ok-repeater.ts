import type { SipResponse } from '../message/message.ts';
import type { ServerTransaction } from '../transaction/transactions.ts';
import type { Stack } from './stack.ts';

/**
 * Answers an INVITE with 2xx and repeats that until its ACK is here, which no transaction does
 * (RFC 3261 §13.3.1.4): after T1, then twice as long each time up to T2. `giveUp`: none for 64 × T1.
 */
export class OkRepeater {
  #timer: NodeJS.Timeout | null = null;

  constructor(
    stack: Stack,
    transaction: ServerTransaction,
    response: SipResponse,
    giveUp: () => void,
  ) {
    const { t1, t2 } = stack.times;
    transaction.respond(response);
    let waited = 0;
    const wait = (pause: number): void => {
      this.#timer = setTimeout(() => {
        waited += pause;
        if (waited >= 64 * t1) {
          giveUp();
          return;
        }
        stack.transactions.sendAgain(response, transaction.source);
        wait(Math.min(2 * pause, t2, 64 * t1 - waited));
      }, pause);
    };
    wait(t1);
  }

  /** The ACK is here, or nobody cares any more. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
