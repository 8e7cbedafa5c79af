import { randomInt } from 'node:crypto';
import { callIdOf, fromOf, requires, toOf } from '../message/fields.ts';
import type { Headers } from '../message/headers.ts';
import { responseTo } from '../message/make.ts';
import type { NameAddress, SipRequest, SipUri } from '../message/message.ts';
import type { ServerTransaction, Source } from '../transaction/transactions.ts';
import { dialogAsUas } from '../dialog/dialog.ts';
import { Authority } from './authority.ts';
import type { Credentials, IncomingCall, IncomingListener } from './calls.ts';
import { ALLOW, refuse, sdpOf, setSdp } from './capabilities.ts';
import { okWith } from './contact.ts';
import { InviteUsage } from './invite-usage.ts';
import { ReliableSender } from './reliable-provisional.ts';
import { answerAsUas } from './session-timer.ts';
import { newTag, tell, type HeaderLines, type Stack } from './stack.ts';

/** §13.3.1.1: a proxy gives up on an INVITE that says nothing for three minutes. */
const STILL_RINGING_MS = 60_000;

/** An answer that was asked for, until the ACK is here. */
interface Answering {
  sdp: string;
  resolve(answer: string | null): void;
  reject(error: Error): void;
}

/**
 * An INVITE of theirs and what comes of it (RFC 3261 §13.3).
 *
 *               answer        PRACKs are here: 2xx
 *     invited ─────────▶ answering ─────────────▶ answered ──▶ over
 *        │                   │                                  ▲
 *        └───────────────────┴──────────────────────────────────┘
 *           refused by us, cancelled by them
 */
export class InvitedCall implements IncomingCall {
  listener: IncomingListener | null = null;
  credentials: Credentials | null = null;
  readonly callId: string;
  readonly uri: SipUri;
  readonly from: NameAddress;
  readonly to: NameAddress;
  readonly headers: Headers;
  readonly source: Source;
  readonly offer: string | null;
  readonly #stack: Stack;
  readonly #transaction: ServerTransaction;
  readonly #tag = newTag();
  readonly #usage: InviteUsage;
  readonly #reliable: ReliableSender;
  #state: 'invited' | 'answering' | 'answered' | 'over' = 'invited';
  #answering: Answering | null = null;
  /** Late offer: ours went out in a reliable 183, … */
  #offeredEarly = false;
  /** … and this is the answer that its PRACK brought. */
  #earlyAnswer: string | null = null;
  #ringing: NodeJS.Timeout | null = null;

  constructor(stack: Stack, transaction: ServerTransaction) {
    const { request, source } = transaction;
    this.#stack = stack;
    this.#transaction = transaction;
    this.callId = callIdOf(request);
    this.uri = request.uri;
    this.from = fromOf(request);
    this.to = toOf(request);
    this.headers = request.headers;
    this.source = source;
    this.offer = sdpOf(request);
    this.#usage = new InviteUsage({
      stack,
      dialog: dialogAsUas(request, this.#tag),
      peer: source,
      authority: new Authority(() => this.credentials),
      role: 'uas',
      listener: () => this.listener,
      early: { prack: (prack) => this.#prack(prack), bye: () => this.#givenUp() },
    });
    this.#reliable = new ReliableSender(
      randomInt(1, 2 ** 31 - 1),
      stack.times,
      (response) => transaction.respond(response),
      () => this.#unacknowledged(),
    );
    this.#usage.whenClosed(() => this.#over());
    stack.dialogs.begin(this);
    transaction.respond(responseTo(request, 100));
  }

  ring(sdp?: string): void {
    if (this.#state !== 'invited') return;
    const { request } = this.#transaction;
    // RFC 3262 §3: only who requires it gets them reliably; support alone leaves us the choice.
    const reliable = requires(request).has('100rel');
    // RFC 3262 §5: our first reliable answer to an INVITE without an offer must have one.
    if (reliable && this.offer === null && sdp === undefined && !this.#offeredEarly) return;
    // RFC 3261 §13.2.1: an offer goes only into what is sent reliably.
    const early = sdp !== undefined && (reliable || this.offer !== null) ? sdp : null;
    const make = () => {
      const response = responseTo(request, early === null ? 180 : 183, null, this.#tag);
      response.headers.append('Contact', this.#usage.contact).append('Allow', ALLOW);
      response.headers.append('Server', this.#stack.product);
      if (early !== null) setSdp(response, early);
      return response;
    };
    this.#stopRinging();
    if (reliable) {
      if (early !== null) this.#offeredEarly = this.offer === null;
      if (early !== null) this.#usage.negotiation.localSdp = early;
      this.#reliable.send(make());
    } else {
      this.#transaction.respond(make());
      this.#ringing = setInterval(() => this.#transaction.respond(make()), STILL_RINGING_MS);
    }
  }

  answer(sdp: string): Promise<string | null> {
    const answered = new Promise<string | null>((resolve, reject) => {
      if (this.#state !== 'invited') {
        reject(new Error('the call cannot be answered any more'));
        return;
      }
      this.#state = 'answering';
      this.#stopRinging();
      this.#answering = { sdp, resolve, reject };
      // RFC 3262 §5: not before what was sent reliably has its PRACK.
      this.#reliable.whenIdle(() => this.#sendOk(sdp));
    });
    // Whoever does not ask what became of the answer learns the end from the listener.
    answered.catch(() => undefined);
    return answered;
  }

  hangUp(status = 486, headers: HeaderLines = []): void {
    if (this.#state === 'answered') this.#usage.bye(headers);
    if (this.#state === 'answered' || this.#state === 'over') return;
    refuse(this.#transaction, status, headers, this.#tag);
    this.#usage.close();
  }

  drop(): void {
    this.#usage.close();
  }

  info(contentType: string, body: string): Promise<void> {
    return this.#usage.info(contentType, body);
  }

  reoffer(sdp: string): Promise<string> {
    return this.#usage.negotiation.reoffer(sdp);
  }

  /** CANCEL (§9.2): too late for a call that is answered. */
  cancelled(): void {
    if (this.#state !== 'invited' && this.#state !== 'answering') return;
    this.#givenUp();
    this.#usage.close();
  }

  #sendOk(sdp: string): void {
    const { request } = this.#transaction;
    const session = answerAsUas(request, this.#stack.minSessionSeconds);
    // Too small a timer was refused before anybody was told of the call.
    const { timer, headers } = session.kind === 'agreed' ? session : { timer: null, headers: [] };
    const late = this.offer === null;
    // RFC 3262 §5: an offer that is answered already is not made again.
    const said = this.#offeredEarly ? null : sdp;
    this.#state = 'answered';
    this.#usage.confirm();
    this.#usage.negotiation.localSdp = sdp;
    this.#usage.negotiation.settled = !late || this.#offeredEarly;
    this.#usage.acks.await(
      this.#transaction,
      okWith(request, this.#usage.contact, said, headers, this.#tag),
      (ack) => this.#acknowledged(ack),
      () => this.#notAcknowledged(),
    );
    this.#usage.negotiation.agreed(timer, request);
  }

  #acknowledged(ack: SipRequest | null): void {
    this.#usage.negotiation.settled = true;
    const late = this.offer === null;
    const inAck = ack === null ? null : sdpOf(ack);
    this.#answering?.resolve(late ? (this.#earlyAnswer ?? inAck) : null);
    this.#answering = null;
  }

  #notAcknowledged(): void {
    const text = 'the far end did not acknowledge our answer';
    this.#reject(text);
    // §13.3.1.4
    this.#usage.lose(text);
  }

  #prack(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (!this.#reliable.acknowledges(request, this.#transaction.request)) {
      // RFC 3262 §3: it acknowledges nothing that we know of.
      refuse(transaction, 481);
      return;
    }
    const sdp = sdpOf(request);
    const isAnswer = this.#offeredEarly && this.#earlyAnswer === null;
    if (isAnswer) this.#earlyAnswer = sdp;
    if (this.#usage.negotiation.localSdp !== null) this.#usage.negotiation.settled = true;
    // RFC 3262 §5: another offer may come with it.
    if (sdp !== null && !isAnswer) this.#usage.negotiation.handle(transaction);
    else transaction.respond(responseTo(request, 200));
  }

  /** No PRACK came for 64 × T1 (RFC 3262 §3). */
  #unacknowledged(): void {
    if (this.#state !== 'invited' && this.#state !== 'answering') return;
    refuse(this.#transaction, 504, [], this.#tag);
    this.#tellCancelled();
    this.#usage.close();
  }

  /** They have given up while it rang here. */
  #givenUp(): void {
    refuse(this.#transaction, 487, [], this.#tag);
    this.#tellCancelled();
  }

  #tellCancelled(): void {
    // What hangs up in answer to it has nothing left to refuse.
    this.#state = 'over';
    tell(this.#stack.log, 'cancelled', () => this.listener?.cancelled());
  }

  #over(): void {
    this.#state = 'over';
    this.#reliable.stop();
    this.#stopRinging();
    this.#reject('the call ended before the far end had acknowledged our answer');
    this.#stack.dialogs.end(this);
  }

  #reject(text: string): void {
    this.#answering?.reject(new Error(text));
    this.#answering = null;
  }

  #stopRinging(): void {
    if (this.#ringing !== null) clearInterval(this.#ringing);
    this.#ringing = null;
  }
}
