import { randomInt } from 'node:crypto';
import { responseTo } from '../message/make.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { SdpRefused } from '../sdp/offer-answer.ts';
import type { ServerTransaction } from '../transaction/transactions.ts';
import { isStrangeBody, refuse, sdpOf } from './capabilities.ts';
import type { DialogListener } from './calls.ts';
import { Changes, type Agreement, type Session } from './changes.ts';
import { okWith } from './contact.ts';
import { answerAsUas, SessionClock, type SessionTimer } from './session-timer.ts';
import { tell, type HeaderLines, type Stack } from './stack.ts';

export interface NegotiationOptions {
  stack: Stack;
  /** Whether the INVITE was ours. */
  role: 'uac' | 'uas';
  /** Asked anew each time: an incoming call gets its listener later. */
  listener: () => DialogListener | null;
}

/** How one session changes: re-INVITE and UPDATE both ways (RFC 3261 §14, RFC 3311), RFC 4028. */
export class Negotiation implements Agreement {
  /** Whether the INVITE's own offer and answer have been exchanged. */
  settled = false;
  /** What we said last: a refresh by re-INVITE says it again (RFC 4028 §7.4). */
  localSdp: string | null = null;
  readonly #usage: Session;
  readonly #options: NegotiationOptions;
  readonly #clock: SessionClock;
  readonly #changes: Changes;
  #timer: SessionTimer | null = null;
  #peerUpdates = false;
  #theirs: ServerTransaction | null = null;
  #stopped = false;

  constructor(usage: Session, options: NegotiationOptions) {
    this.#usage = usage;
    this.#options = options;
    this.#changes = new Changes(usage, options, this);
    this.#clock = new SessionClock(
      () => this.#changes.refresh(this.#peerUpdates),
      () => usage.lose('the session was not refreshed in time'),
    );
  }

  /** Starts the session timer that is agreed, and learns whether the far end knows UPDATE. */
  agreed(timer: SessionTimer | null, message: SipRequest | SipResponse): void {
    if (this.#stopped) return;
    const allow = message.headers.all('Allow').join(',').toUpperCase();
    if (allow !== '') this.#peerUpdates = /\bUPDATE\b/.test(allow);
    this.#timer = timer;
    this.#clock.restart(timer);
  }

  get timer(): SessionTimer | null {
    return this.#timer;
  }

  /** Whether something of theirs is under way, so that ours has to wait. */
  get isBusy(): boolean {
    return this.#theirs !== null;
  }

  /** A new offer of ours, by re-INVITE. Rejects when it is refused, and all stays as it was. */
  reoffer(sdp: string): Promise<string> {
    return this.#changes.reoffer(sdp);
  }

  /** re-INVITE or UPDATE of theirs. */
  handle(transaction: ServerTransaction): void {
    const { request } = transaction;
    const { role, stack } = this.#options;
    const offer = sdpOf(request);
    const changes = request.method === 'INVITE' || offer !== null;
    const session = answerAsUas(request, stack.minSessionSeconds);
    if (isStrangeBody(request)) refuse(transaction, 415);
    else if (session.kind === 'too_small') {
      refuse(transaction, 422, [['Min-SE', String(session.minSeconds)]]);
    }
    // §14.2, RFC 3311 §5.2: an earlier one of theirs is not through …
    else if (changes && (this.#theirs !== null || (!this.settled && role === 'uas'))) {
      refuse(transaction, 500, [['Retry-After', String(randomInt(11))]]);
    }
    // … or one of ours is not.
    else if (changes && (this.#changes.isBusy || !this.settled)) refuse(transaction, 491);
    else if (!changes) this.#accept(transaction, null, offer, session);
    else this.#ask(transaction, offer, session);
  }

  /** CANCEL of a re-INVITE (§9.2). */
  cancelled(transaction: ServerTransaction): void {
    if (this.#theirs !== transaction) return;
    refuse(transaction, 487);
    this.#theirsDone();
  }

  /** The call is over: whatever is under way is given up. Harmless twice. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#clock.stop();
    const theirs = this.#theirs;
    this.#theirs = null;
    // §15.1.2
    if (theirs !== null) refuse(theirs, 487);
    this.#changes.stop();
  }

  /** Lets whoever owns the call answer their offer, now or later. */
  #ask(transaction: ServerTransaction, offer: string | null, session: Agreed): void {
    this.#theirs = transaction;
    const answered = (sdp: string): void => {
      if (this.#theirs === transaction) this.#accept(transaction, sdp, offer, session);
    };
    const refused = (error: unknown): void => {
      if (this.#theirs !== transaction) return;
      if (error instanceof SdpRefused) refuse(transaction, 488, [['Warning', warning(error)]]);
      else {
        this.#options.stack.log.error({ err: error }, 'an offer could not be answered');
        refuse(transaction, 500);
      }
      this.#theirsDone();
    };
    try {
      const listener = this.#options.listener();
      if (listener === null) throw new SdpRefused('no_audio', 'nobody takes offers on this call');
      const answer = listener.offered(offer);
      if (typeof answer === 'string') {
        answered(answer);
        return;
      }
      if (transaction.request.method === 'INVITE')
        transaction.respond(responseTo(transaction.request, 100));
      answer.then(answered).catch(refused);
    } catch (error) {
      refused(error);
    }
  }

  #accept(
    transaction: ServerTransaction,
    sdp: string | null,
    offer: string | null,
    session: Agreed,
  ): void {
    const { request } = transaction;
    this.#usage.refreshTarget(request);
    const response = okWith(request, this.#usage.contact, sdp, session.headers);
    if (sdp !== null) this.localSdp = sdp;
    if (request.method === 'INVITE') {
      this.#usage.acks.await(
        transaction,
        response,
        (ack) => {
          this.#theirsDone();
          const answer = ack === null ? null : sdpOf(ack);
          if (offer === null && answer !== null) this.#answeredAgain(answer);
        },
        () => this.#usage.lose('the far end did not acknowledge our answer to its re-INVITE'),
      );
    } else {
      transaction.respond(response);
      this.#theirsDone(transaction);
    }
    this.agreed(session.timer, request);
  }

  #answeredAgain(answer: string): void {
    tell(this.#options.stack.log, 'answeredAgain', () => {
      this.#options.listener()?.answeredAgain(answer);
    });
  }

  #theirsDone(transaction: ServerTransaction | null = this.#theirs): void {
    if (this.#theirs === transaction) this.#theirs = null;
    this.#changes.next();
  }
}

interface Agreed {
  timer: SessionTimer | null;
  headers: HeaderLines;
}

/** §20.43; 399: any other reason, for people. */
function warning({ message }: SdpRefused): string {
  return `399 offhook "${message.replace(/["\\]/g, "'")}"`;
}
