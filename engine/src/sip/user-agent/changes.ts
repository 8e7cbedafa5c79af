import { randomInt } from 'node:crypto';
import type { Dialog } from '../dialog/dialog.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { Acks } from './acks.ts';
import { addCapabilities, sdpOf, setSdp } from './capabilities.ts';
import type { PlanListener } from './sender.ts';
import { agreedAsUac, minSecondsOf, type SessionTimer } from './session-timer.ts';
import type { Stack } from './stack.ts';

/** What a negotiation needs of the dialog that it is about. */
export interface Session {
  readonly dialog: Dialog;
  readonly state: 'early' | 'confirmed' | 'ending' | 'over';
  readonly contact: string;
  readonly acks: Acks;
  request(method: string, fill: (request: SipRequest) => void, listener: PlanListener): void;
  refreshTarget(message: SipRequest | SipResponse): void;
  lose(text: string): void;
}

/** What is agreed so far, by offers of either side. */
export interface Agreement {
  readonly timer: SessionTimer | null;
  /** Something of theirs is under way. */
  readonly isBusy: boolean;
  localSdp: string | null;
  agreed(timer: SessionTimer | null, message: SipRequest | SipResponse): void;
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

/** Our re-INVITEs and UPDATEs, one at a time (RFC 3261 §14.1, RFC 4028 §7.4). */
export class Changes {
  readonly #usage: Session;
  readonly #options: { stack: Stack; role: 'uac' | 'uas' };
  readonly #agreement: Agreement;
  #ours: Change | null = null;
  #waiting: Change[] = [];
  #glare: NodeJS.Timeout | null = null;
  /** What the far end wants its timer to be at least. */
  #seconds = 0;
  /** It says that it knows UPDATE, and does not. */
  #updateRefused = false;
  #stopped = false;

  constructor(
    usage: Session,
    options: { stack: Stack; role: 'uac' | 'uas' },
    agreement: Agreement,
  ) {
    this.#usage = usage;
    this.#options = options;
    this.#agreement = agreement;
  }

  get isBusy(): boolean {
    return this.#ours !== null;
  }

  /** Resolves with the answer. Rejects when it is refused, and all stays as it was. */
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

  /** The call is over: whatever is under way or waits is given up. */
  stop(): void {
    this.#stopped = true;
    if (this.#glare !== null) clearTimeout(this.#glare);
    for (const change of [this.#ours, ...this.#waiting]) {
      change?.reject(new Error('the call ended before it was answered'));
    }
    this.#ours = null;
    this.#waiting = [];
  }

  /** RFC 4028 §7.4: UPDATE where it is known, because it needs no offer; else a re-INVITE. */
  refresh(peerUpdates: boolean): void {
    const updates = peerUpdates && !this.#updateRefused;
    this.#begin({
      method: updates || this.#agreement.localSdp === null ? 'UPDATE' : 'INVITE',
      sdp: null,
      resolve: () => undefined,
      reject: (error) =>
        this.#options.stack.log.warn({ err: error }, 'a session was not refreshed'),
      attempts: 0,
    });
  }

  #begin(change: Change): void {
    this.#waiting.push(change);
    this.next();
  }

  /** Begins what waits, unless something is under way. */
  next(): void {
    if (this.#stopped || this.#glare !== null) return;
    if (this.#ours !== null || this.#agreement.isBusy) return;
    const change = this.#waiting.shift();
    if (change === undefined) return;
    this.#ours = change;
    this.#send(change);
  }

  #send(change: Change): void {
    change.attempts += 1;
    const { timer } = this.#agreement;
    const offer = change.sdp ?? (change.method === 'INVITE' ? this.#agreement.localSdp : null);
    const fill = (request: SipRequest): void => {
      request.headers.append('Contact', this.#usage.contact);
      addCapabilities(request.headers);
      if (timer !== null) {
        // RFC 4028 §7.4: who refreshes stays the same, in the words of this request.
        const refresher = timer.refresher === 'us' ? 'uac' : 'uas';
        request.headers.append(
          'Session-Expires',
          `${Math.max(timer.seconds, this.#seconds)};refresher=${refresher}`,
        );
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
    if (change.method === 'INVITE') this.#usage.acks.acknowledge(request);
    if (this.#ours !== change) return;
    this.#usage.refreshTarget(response);
    if (offer !== null) this.#agreement.localSdp = offer;
    this.#agreement.agreed(agreedAsUac(response, this.#options.stack.minSessionSeconds), response);
    this.#oursDone(change, () => change.resolve(sdpOf(response)));
  }

  #failed(change: Change, response: SipResponse): void {
    const { status, reason } = response;
    const again = !this.#stopped && change.attempts < MOST_ATTEMPTS;
    const refresh = change.sdp === null;
    const { timer, localSdp } = this.#agreement;
    if (again && status === 491) {
      // §14.1: whoever made the Call-ID waits longer, so that they do not meet again.
      const wait = this.#options.role === 'uac' ? randomInt(210, 401) : randomInt(0, 201);
      this.#ours = null;
      this.#waiting.unshift(change);
      this.#glare = setTimeout(() => {
        this.#glare = null;
        this.next();
      }, wait * 10);
    } else if (again && status === 422 && timer !== null) {
      // RFC 4028 §7.3
      this.#seconds = Math.max(timer.seconds, minSecondsOf(response) ?? 0);
      this.#send(change);
    } else if (again && refresh && (status === 405 || status === 501) && localSdp !== null) {
      change.method = 'INVITE';
      this.#updateRefused = true;
      this.#send(change);
    } else {
      const error = new Error(`the far end refused the change: ${status} ${reason}`);
      this.#oursDone(change, () => change.reject(error));
    }
  }

  #oursDone(change: Change, settle: () => void): void {
    if (this.#ours === change) this.#ours = null;
    settle();
    this.next();
  }
}
