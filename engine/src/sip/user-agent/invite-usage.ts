import { callIdOf } from '../message/fields.ts';
import { responseTo } from '../message/make.ts';
import type { Hop, SipRequest, SipResponse } from '../message/message.ts';
import type { ServerTransaction } from '../transaction/transactions.ts';
import type { Dialog } from '../dialog/dialog.ts';
import { Acks } from './acks.ts';
import type { Authority } from './authority.ts';
import type { DialogListener, SipEnd } from './calls.ts';
import { addLines, describeUs, refuse, statusForMethod, unsupported } from './capabilities.ts';
import type { Session } from './changes.ts';
import { contactHeader } from './contact.ts';
import type { DialogUsage } from './dialogs.ts';
import { Negotiation, type NegotiationOptions } from './negotiation.ts';
import { sendRequest, type PlanListener } from './sender.ts';
import { tell, type HeaderLines } from './stack.ts';

export interface UsageOptions extends NegotiationOptions {
  dialog: Dialog;
  /** Whom the INVITE went to or came from. */
  peer: Hop;
  authority: Authority;
  /** What only an incoming call that is not answered yet can do. */
  early?: { prack(transaction: ServerTransaction): void; bye(): void };
}

/**
 * A dialog's INVITE usage (RFC 5057 §2): everything within the dialog after it is there.
 *
 *              2xx                 our BYE              its answer
 *     early ─────────▶ confirmed ──────────▶ ending ──────────────▶ over
 *       │                  │                                         ▲
 *       └──────────────────┴─────────────────────────────────────────┘
 *         refused, cancelled      their BYE, lost
 */
export class InviteUsage implements Session, DialogUsage {
  readonly dialog: Dialog;
  readonly acks: Acks;
  readonly negotiation: Negotiation;
  readonly #options: UsageOptions;
  #state: 'early' | 'confirmed' | 'ending' | 'over' = 'early';
  #whenClosed: (() => void) | null = null;

  constructor(options: UsageOptions) {
    this.dialog = options.dialog;
    this.#options = options;
    this.acks = new Acks(options.stack, options.dialog, options.peer);
    this.negotiation = new Negotiation(this, options);
    options.stack.dialogs.add(this);
    this.#tellOpen();
  }

  get state(): 'early' | 'confirmed' | 'ending' | 'over' {
    return this.#state;
  }

  /** Our Contact, for requests and answers that refresh the target. */
  get contact(): string {
    return contactHeader(this.#options.stack, this.#options.peer, this.dialog.localUser);
  }

  confirm(): void {
    if (this.#state !== 'early') return;
    this.#state = 'confirmed';
    this.#tellOpen();
  }

  /** They may be somewhere else from now on (§12.2.1.2). */
  refreshTarget(message: SipRequest | SipResponse): void {
    this.dialog.refreshTarget(message);
    this.#tellOpen();
  }

  /** Sends a request within the dialog. One that finds nobody there is the end of it (§12.2.1.2). */
  request(method: string, fill: (request: SipRequest) => void, listener: PlanListener): void {
    const { stack, peer, authority } = this.#options;
    sendRequest(
      stack,
      {
        build: () => {
          const request = this.dialog.request(method);
          request.headers.append('User-Agent', stack.product);
          fill(request);
          return request;
        },
        hops: stack.hopsTo(this.dialog.nextHop, peer),
        authority,
      },
      {
        final: (response, attempt) => {
          listener.final(response, attempt);
          const { status } = response;
          if (status === 408 || status === 481) this.lose(`${method} was answered with ${status}`);
        },
        failed: (failure) => {
          listener.failed(failure);
          this.lose(failure.text);
        },
      },
    );
  }

  ack(request: SipRequest): void {
    this.acks.receive(request);
  }

  okAgain(response: SipResponse): void {
    this.acks.okAgain(response);
  }

  /** Sends BYE, without waiting for what comes of it. Harmless twice. */
  bye(headers: HeaderLines = []): void {
    if (this.#state === 'ending' || this.#state === 'over') return;
    this.#state = 'ending';
    this.negotiation.stop();
    const send = (): void =>
      this.request('BYE', (request) => addLines(request, headers), {
        // §15.1.1: whatever is answered, or nothing at all, the session is over.
        final: () => this.close(),
        failed: () => this.close(),
      });
    // §15: the callee's BYE waits for the ACK.
    this.acks.whenSettled(send);
  }

  /** The far end does not answer any more: BYE, in case it hears us, and the owner is told. */
  lose(text: string): void {
    if (this.#state !== 'confirmed') return;
    this.bye();
    this.#ended({ kind: 'lost', text });
  }

  /** Over without a word on the wire. Harmless twice. */
  close(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.negotiation.stop();
    this.acks.stop();
    this.#options.stack.dialogs.delete(this);
    this.#tellGone();
    this.#whenClosed?.();
  }

  /** `then` is told once, when nothing more can come of it. */
  whenClosed(then: () => void): void {
    this.#whenClosed = then;
  }

  info(contentType: string, body: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#state !== 'confirmed') {
        reject(new Error('there is no call to send INFO in'));
        return;
      }
      const fill = (request: SipRequest): void => {
        request.headers.append('Content-Type', contentType);
        request.body = Buffer.from(body);
      };
      this.request('INFO', fill, {
        final: ({ status, reason }) => {
          if (status < 300) resolve();
          else reject(new Error(`INFO was refused: ${status} ${reason}`));
        },
        failed: ({ text }) => reject(new Error(text)),
      });
    });
  }

  /** A request of theirs within the dialog. */
  handle(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (this.#state === 'ending' || this.#state === 'over') {
      // Both hung up at once: theirs is as good as ours.
      if (request.method === 'BYE') transaction.respond(responseTo(request, 200));
      else refuse(transaction, 481);
      return;
    }
    const unknown = unsupported(request);
    if (!this.dialog.takes(request)) refuse(transaction, 500);
    else if (unknown.length > 0) refuse(transaction, 420, [['Unsupported', unknown.join(', ')]]);
    else this.#handle(transaction);
  }

  /** CANCEL of a re-INVITE. */
  cancelled(transaction: ServerTransaction): void {
    this.negotiation.cancelled(transaction);
  }

  #handle(transaction: ServerTransaction): void {
    const { early } = this.#options;
    switch (transaction.request.method) {
      case 'BYE':
        this.#handleBye(transaction);
        return;
      case 'INVITE':
        // Who changes the session has our 2xx: its ACK has been overtaken.
        if (this.negotiation.settled) this.acks.assume();
        this.negotiation.handle(transaction);
        return;
      case 'UPDATE':
        this.negotiation.handle(transaction);
        return;
      case 'INFO':
        this.#handleInfo(transaction);
        return;
      case 'PRACK':
        if (early === undefined) refuse(transaction, 481);
        else early.prack(transaction);
        return;
      case 'OPTIONS':
        describeUs(transaction);
        return;
      case 'REFER':
        // RFC 3515 §2.4.2: nobody here is sent elsewhere by the far end.
        refuse(transaction, 603);
        return;
      case 'NOTIFY':
        // RFC 6665 §4.1.3: we have subscribed to nothing.
        refuse(transaction, 481);
        return;
      default:
        refuse(transaction, statusForMethod(transaction.request.method));
    }
  }

  #handleBye(transaction: ServerTransaction): void {
    const { request } = transaction;
    const { early } = this.#options;
    if (this.#state === 'early' && early === undefined) {
      // §15: a callee may not end an early dialog this way.
      refuse(transaction, 481);
      return;
    }
    transaction.respond(responseTo(request, 200));
    if (this.#state === 'early') {
      // §15.1.2: whatever is still pending in the dialog is answered with 487, by who owns it.
      early?.bye();
      this.close();
      return;
    }
    // Over before its owner is told: who hangs up in answer to that has no BYE left to send.
    this.close();
    this.#ended({ kind: 'bye', reason: request.headers.get('Reason') });
  }

  #handleInfo(transaction: ServerTransaction): void {
    const { request } = transaction;
    const type = request.headers.get('Content-Type') ?? '';
    try {
      // RFC 2976 §2.2: one without a body is taken, and means nothing.
      if (request.body.length > 0) this.#listener?.info(type, request.body.toString('utf8'));
      transaction.respond(responseTo(request, 200));
    } catch (error) {
      this.#options.stack.log.error({ err: error, call: callIdOf(request) }, 'an INFO failed here');
      refuse(transaction, 500);
    }
  }

  get #listener(): DialogListener | null {
    return this.#options.listener();
  }

  #tellOpen(): void {
    const { role, peer, stack } = this.#options;
    // §15: a callee may not send BYE before the dialog is confirmed; a caller may.
    const mayEnd = this.#state === 'confirmed' || (this.#state === 'early' && role === 'uac');
    if (!mayEnd) return;
    const { transport, address, port, serverName, ca = null } = peer;
    const { id, state } = this.dialog;
    const open = { id, state, peer: { transport, address, port, serverName, ca } };
    tell(stack.log, 'open', () => this.#listener?.open(open));
  }

  #tellGone(): void {
    tell(this.#options.stack.log, 'gone', () => this.#listener?.gone(this.dialog.id));
  }

  #ended(end: SipEnd): void {
    tell(this.#options.stack.log, 'ended', () => this.#listener?.ended(end));
  }
}
