import { cseqOf, requires } from '../message/fields.ts';
import type { Headers } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';

/** RFC 3262 §7.1: a provisional answer's own number. Null: it is not sent reliably. */
export function rseqOf(response: SipResponse): number | null {
  if (!requires(response).has('100rel')) return null;
  const text = response.headers.get('RSeq') ?? '';
  return /^\d{1,10}$/.test(text) ? Number(text) : null;
}

/** RFC 3262 §7.2: which answer to which request a PRACK means. */
export function rackFor(rseq: number, invite: SipRequest): string {
  return `${rseq} ${cseqOf(invite).number} INVITE`;
}

/** The reliable provisional answers of one early dialog, as the caller sees them. */
export class ReliableReceiver {
  #last: number | null = null;

  /**
   * Whether an answer of that number is to be acted on and acknowledged: each once, in order. What
   * comes again has its PRACK already, and what is ahead is repeated by its sender (RFC 3262 §4).
   */
  takes(rseq: number): boolean {
    if (this.#last !== null && rseq !== this.#last + 1) return false;
    this.#last = rseq;
    return true;
  }
}

interface Pending {
  response: SipResponse;
  rseq: number;
}

export interface ReliableTimes {
  /** First pause between repetitions; each is twice the one before. ms */
  t1: number;
}

/**
 * The reliable provisional answers that we give to one INVITE (RFC 3262 §3): one at a time, each
 * repeated until its PRACK is here.
 */
export class ReliableSender {
  readonly #send: (response: SipResponse) => void;
  readonly #giveUp: () => void;
  readonly #t1: number;
  #rseq: number;
  #queue: Pending[] = [];
  #timer: NodeJS.Timeout | null = null;
  #idle: (() => void)[] = [];

  /** `first`: the first RSeq, 1 to 2³¹−1, better not guessable. `giveUp`: no PRACK for 64 × T1. */
  constructor(
    first: number,
    { t1 }: ReliableTimes,
    send: (response: SipResponse) => void,
    giveUp: () => void,
  ) {
    this.#rseq = first;
    this.#t1 = t1;
    this.#send = send;
    this.#giveUp = giveUp;
  }

  /** Sends it, or keeps it until the one before has its PRACK. */
  send(response: SipResponse): void {
    const rseq = this.#rseq++;
    response.headers.append('Require', '100rel').append('RSeq', String(rseq));
    this.#queue.push({ response, rseq });
    if (this.#queue.length === 1) this.#begin();
  }

  /** Whether this PRACK acknowledges what waits for one. */
  acknowledges(prack: { headers: Headers }, invite: SipRequest): boolean {
    const waiting = this.#queue[0];
    const rack = (prack.headers.get('RAck') ?? '').trim().split(/\s+/).join(' ');
    if (waiting === undefined || rack !== rackFor(waiting.rseq, invite)) return false;
    this.#queue.shift();
    this.#stopTimer();
    if (this.#queue.length > 0) this.#begin();
    else for (const idle of this.#idle.splice(0)) idle();
    return true;
  }

  /** Runs it at once or when nothing waits for a PRACK: §5 holds a 2xx back for so long. */
  whenIdle(then: () => void): void {
    if (this.#queue.length === 0) then();
    else this.#idle.push(then);
  }

  /** Nothing is repeated any more: the INVITE has its final answer. */
  stop(): void {
    this.#stopTimer();
    this.#queue = [];
    this.#idle = [];
  }

  #begin(): void {
    const { response } = this.#queue[0]!;
    this.#send(response);
    let waited = 0;
    const repeat = (pause: number): void => {
      this.#timer = setTimeout(() => {
        waited += pause;
        if (waited >= 64 * this.#t1) {
          this.stop();
          this.#giveUp();
          return;
        }
        this.#send(response);
        repeat(Math.min(pause * 2, 64 * this.#t1 - waited));
      }, pause);
    };
    repeat(this.#t1);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
