import { randomInt } from 'node:crypto';
import type { Dialog } from '../dialog/dialog.ts';
import { responseTo } from '../message/make.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { SdpRefused } from '../sdp/offer-answer.ts';
import type { ServerTransaction } from '../transaction/transactions.ts';
import { addCapabilities, isStrangeBody, refuse, sdpOf, setSdp } from './capabilities.ts';
import type { DialogListener } from './calls.ts';
import { okWith } from './contact.ts';
import type { PlanListener } from './sender.ts';
import {
  agreedAsUac,
  answerAsUas,
  minSecondsOf,
  SessionClock,
  type SessionTimer,
} from './session-timer.ts';
import { tell, type HeaderLines, type Stack } from './stack.ts';

/** What a negotiation needs of the dialog that it is about. */
export interface Session {
  readonly dialog: Dialog;
  readonly state: 'early' | 'confirmed' | 'ending' | 'over';
  readonly contact: string;
  request(method: string, fill: (request: SipRequest) => void, listener: PlanListener): void;
  acknowledge(invite: SipRequest): void;
  answerInvite(
    transaction: ServerTransaction,
    response: SipResponse,
    acked: (ack: SipRequest | null) => void,
    giveUp: () => void,
  ): void;
  lose(text: string): void;
}

export interface NegotiationOptions {
  stack: Stack;
  /** Whether the INVITE was ours. */
  role: 'uac' | 'uas';
  /** Asked anew each time: an incoming call gets its listener later. */
  listener: () => DialogListener | null;
}

/** A request of ours that changes or refreshes the session. */
interface Change {
  method: 'INVITE' | 'UPDATE';
  /** An offer; null: the session stays as it is, and only its timer starts anew. */
  sdp: string | null;
  resolve(answer: string | null): void;
  reject(error: Error): void;
  attempts: number;
}

const MOST_ATTEMPTS = 6;

/** How one session changes: re-INVITE and UPDATE both ways (RFC 3261 §14, RFC 3311), RFC 4028. */
export class Negotiation {
  /** Whether the INVITE's own offer and answer have been exchanged. */
  settled = false;
  /** What we said last: a refresh by re-INVITE says it again (RFC 4028 §7.4). */
  localSdp: string | null = null;
  readonly #usage: Session;
  readonly #options: NegotiationOptions;
  readonly #clock: SessionClock;
  #timer: SessionTimer | null = null;
  #peerUpdates = false;
  #ours: Change | null = null;
  #waiting: Change[] = [];
  #theirs: ServerTransaction | null = null;
  #glare: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(usage: Session, options: NegotiationOptions) {
    this.#usage = usage;
    this.#options = options;
    this.#clock = new SessionClock(
      () => this.#refresh(),
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

  /** A new offer of ours, by re-INVITE. Rejects when it is refused, and all stays as it was. */
  reoffer(sdp: string): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#usage.state !== 'confirmed') {
        reject(new Error('there is no call to change'));
        return;
      }
      const answered = (answer: string | null): void => {
        if (answer === null) reject(new Error('the far end answered without a description'));
        else resolve(answer);
      };
      this.#begin({ method: 'INVITE', sdp, resolve: answered, reject, attempts: 0 });
    });
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
    else if (changes && (this.#ours !== null || !this.settled)) refuse(transaction, 491);
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
    if (this.#glare !== null) clearTimeout(this.#glare);
    const theirs = this.#theirs;
    this.#theirs = null;
    // §15.1.2
    if (theirs !== null) refuse(theirs, 487);
    for (const change of [this.#ours, ...this.#waiting]) {
      change?.reject(new Error('the call ended before it was answered'));
    }
    this.#waiting = [];
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
      answer.then(answered, refused);
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
    this.#usage.dialog.refreshTarget(request);
    const response = okWith(request, this.#usage.contact, sdp, session.headers);
    if (sdp !== null) this.localSdp = sdp;
    if (request.method === 'INVITE') {
      this.#usage.answerInvite(
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
    this.#next();
  }

  /** RFC 4028 §7.4: UPDATE where it is known, because it needs no offer; else a re-INVITE. */
  #refresh(): void {
    this.#begin({
      method: this.#peerUpdates || this.localSdp === null ? 'UPDATE' : 'INVITE',
      sdp: null,
      resolve: () => undefined,
      reject: (error) =>
        this.#options.stack.log.warn({ err: error }, 'a session was not refreshed'),
      attempts: 0,
    });
  }

  #begin(change: Change): void {
    this.#waiting.push(change);
    this.#next();
  }

  #next(): void {
    if (this.#stopped || this.#glare !== null) return;
    if (this.#ours !== null || this.#theirs !== null) return;
    const change = this.#waiting.shift();
    if (change === undefined) return;
    this.#ours = change;
    this.#send(change);
  }

  #send(change: Change): void {
    change.attempts += 1;
    const offer = change.sdp ?? (change.method === 'INVITE' ? this.localSdp : null);
    const fill = (request: SipRequest): void => {
      request.headers.append('Contact', this.#usage.contact);
      addCapabilities(request.headers);
      if (this.#timer !== null) {
        // RFC 4028 §7.4: who refreshes stays the same, in the words of this request.
        const refresher = this.#timer.refresher === 'us' ? 'uac' : 'uas';
        request.headers.append('Session-Expires', `${this.#timer.seconds};refresher=${refresher}`);
        request.headers.append('Min-SE', String(this.#options.stack.minSessionSeconds));
      }
      if (offer !== null) setSdp(request, offer);
    };
    this.#usage.request(change.method, fill, {
      final: (response, { request }) => {
        if (response.status < 300) this.#succeeded(change, offer, response, request);
        else this.#failed(change, response);
      },
      failed: ({ text }) => this.#oursDone(change, () => change.reject(new Error(text))),
    });
  }

  #succeeded(
    change: Change,
    offer: string | null,
    response: SipResponse,
    request: SipRequest,
  ): void {
    // The 2xx wants its ACK whatever has become of the call; when it comes again, once more.
    if (change.method === 'INVITE') this.#usage.acknowledge(request);
    if (this.#ours !== change) return;
    this.#usage.dialog.refreshTarget(response);
    if (offer !== null) this.localSdp = offer;
    this.agreed(agreedAsUac(response, this.#options.stack.minSessionSeconds), response);
    this.#oursDone(change, () => change.resolve(sdpOf(response)));
  }

  #failed(change: Change, response: SipResponse): void {
    const { status, reason } = response;
    const again = !this.#stopped && change.attempts < MOST_ATTEMPTS;
    const refresh = change.sdp === null;
    if (again && status === 491) {
      // §14.1: whoever made the Call-ID waits longer, so that they do not meet again.
      const wait = this.#options.role === 'uac' ? randomInt(210, 401) : randomInt(0, 201);
      this.#ours = null;
      this.#waiting.unshift(change);
      this.#glare = setTimeout(() => {
        this.#glare = null;
        this.#next();
      }, wait * 10);
    } else if (again && status === 422 && this.#timer !== null) {
      // RFC 4028 §7.3
      const seconds = Math.max(this.#timer.seconds, minSecondsOf(response) ?? 0);
      this.#timer = { ...this.#timer, seconds };
      this.#send(change);
    } else if (again && refresh && (status === 405 || status === 501) && this.localSdp !== null) {
      change.method = 'INVITE';
      this.#peerUpdates = false;
      this.#send(change);
    } else {
      const error = new Error(`the far end refused the change: ${status} ${reason}`);
      this.#oursDone(change, () => change.reject(error));
    }
  }

  #oursDone(change: Change, settle: () => void): void {
    if (this.#ours === change) this.#ours = null;
    settle();
    this.#next();
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
