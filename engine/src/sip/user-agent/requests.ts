import { tagOf, toOf } from '../message/fields.ts';
import { responseTo } from '../message/make.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { ServerTransaction, TransactionListener } from '../transaction/transactions.ts';
import type { UserAgentListener } from './calls.ts';
import {
  addLines,
  describeUs,
  isStrangeBody,
  refuse,
  statusForMethod,
  unsupported,
} from './capabilities.ts';
import { InvitedCall } from './incoming-call.ts';
import { answerAsUas } from './session-timer.ts';
import { newTag, tell, type HeaderLines, type Stack } from './stack.ts';

/** Methods that mean nothing outside of a dialog. */
const WITHIN_DIALOGS = new Set(['BYE', 'UPDATE', 'INFO', 'PRACK', 'CANCEL']);

/** Brings what comes to whom it is for, and refuses the rest (RFC 3261 §8.2). */
export class Requests implements TransactionListener {
  readonly #stack: Stack;
  readonly #listener: () => UserAgentListener;
  /** Whose an INVITE is, for its CANCEL. */
  readonly #invites = new WeakMap<ServerTransaction, { cancelled(): void }>();
  #closed = false;

  constructor(stack: Stack, listener: () => UserAgentListener) {
    this.#stack = stack;
    this.#listener = listener;
  }

  request(transaction: ServerTransaction): void {
    try {
      // RFC 4475 §3.3.11: Max-Forwards 0 is a proxy's matter; who is meant takes the request.
      if (tagOf(toOf(transaction.request)) !== null) this.#withinDialog(transaction);
      else this.#outsideDialogs(transaction);
    } catch (error) {
      this.#stack.log.error({ err: error }, 'a SIP request failed here');
      refuse(transaction, 500);
    }
  }

  cancelled(transaction: ServerTransaction): void {
    this.#invites.get(transaction)?.cancelled();
  }

  ack(request: SipRequest): void {
    this.#stack.dialogs.ofRequest(request)?.ack(request);
  }

  strayOk(response: SipResponse): void {
    // Without a dialog it is nobody's: an answer to it would serve whoever forged it.
    this.#stack.dialogs.ofResponse(response)?.okAgain(response);
  }

  unacknowledged(transaction: ServerTransaction): void {
    const { address } = transaction.source;
    this.#stack.log.debug({ address }, 'a refusal was not acknowledged');
  }

  /** No new call is taken any more. */
  close(): void {
    this.#closed = true;
  }

  #withinDialog(transaction: ServerTransaction): void {
    const usage = this.#stack.dialogs.ofRequest(transaction.request);
    if (usage === null) {
      // §12.2.2; but a stranger is not even told that we are here.
      if (this.#admits(transaction)) refuse(transaction, 481);
      else transaction.drop();
      return;
    }
    if (transaction.request.method === 'INVITE') {
      this.#invites.set(transaction, { cancelled: () => usage.cancelled(transaction) });
    }
    usage.handle(transaction);
  }

  #outsideDialogs(transaction: ServerTransaction): void {
    const { method } = transaction.request;
    const ours = method === 'INVITE' || method === 'OPTIONS' || WITHIN_DIALOGS.has(method);
    if (!ours && this.#foreign(transaction)) return;
    if (this.#closed || !this.#admits(transaction)) transaction.drop();
    else if (method === 'INVITE') this.#invite(transaction);
    else if (method === 'OPTIONS') describeUs(transaction, newTag());
    else if (WITHIN_DIALOGS.has(method)) refuse(transaction, 481, [], newTag());
    else refuse(transaction, statusForMethod(method), [], newTag());
  }

  #invite(transaction: ServerTransaction): void {
    const { request } = transaction;
    const unknown = unsupported(request);
    const session = answerAsUas(request, this.#stack.minSessionSeconds);
    const tag = newTag();
    if (unknown.length > 0) {
      refuse(transaction, 420, [['Unsupported', unknown.join(', ')]], tag);
    } else if (isStrangeBody(request)) refuse(transaction, 415, [], tag);
    // RFC 3891 §3: there is nothing here that it could replace.
    else if (request.headers.get('Replaces') !== null) refuse(transaction, 481, [], tag);
    else if (session.kind === 'too_small') {
      refuse(transaction, 422, [['Min-SE', String(session.minSeconds)]], tag);
    } else if (this.#stack.dialogs.full) refuse(transaction, 503, [['Retry-After', '5']], tag);
    else this.#invited(transaction);
  }

  #invited(transaction: ServerTransaction): void {
    const call = new InvitedCall(this.#stack, transaction);
    this.#invites.set(transaction, call);
    try {
      this.#listener().invited(call);
    } catch (error) {
      this.#stack.log.error({ err: error, call: call.callId }, 'an incoming call failed here');
      call.hangUp(500);
    }
  }

  #admits({ request: { method, uri, headers }, source }: ServerTransaction): boolean {
    let admitted = false;
    tell(this.#stack.log, 'admits', () => {
      admitted = this.#listener().admits({ method, uri, headers, source });
    });
    return admitted;
  }

  #foreign(transaction: ServerTransaction): boolean {
    const { request, source } = transaction;
    const { method, uri, headers } = request;
    const respond = (status: number, reason: string, lines: HeaderLines = []): void => {
      const response = responseTo(request, status, reason, newTag());
      addLines(response, lines);
      transaction.respond(response);
    };
    return this.#listener().foreign({ method, uri, headers, source, respond });
  }
}
