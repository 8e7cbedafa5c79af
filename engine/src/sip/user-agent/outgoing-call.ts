import { randomUUID } from 'node:crypto';
import { tagOf, toOf } from '../message/fields.ts';
import { bareRequest } from '../message/make.ts';
import type { Hop, NameAddress, SipRequest, SipResponse } from '../message/message.ts';
import { writeNameAddress } from '../message/write.ts';
import { Authority } from './authority.ts';
import type { InviteFailure, InviteOptions, OutgoingListener, SipCall } from './calls.ts';
import { addCapabilities, addLines, sdpOf, setSdp } from './capabilities.ts';
import { contactHeader } from './contact.ts';
import { Forks, type Fork } from './forks.ts';
import { rackFor, rseqOf } from './reliable-provisional.ts';
import { sendRequest, type Attempt, type SentRequest } from './sender.ts';
import { agreedAsUac, minSecondsOf } from './session-timer.ts';
import { newTag, tell, type HeaderLines, type Stack } from './stack.ts';

/** How often a far end may ask for a longer session (422) before that is its last word. */
const MOST_SESSION_TRIES = 3;

/**
 * An INVITE of ours and what comes of it (RFC 3261 §13.2).
 *
 *                 2xx
 *     calling ───────────▶ answered ──▶ over
 *        │  hangUp: CANCEL                ▲
 *        ├───────────▶ cancelling ────────┤
 *        └────────────────────────────────┘
 *          refused, unreachable
 */
export class OutgoingCall implements SipCall {
  readonly callId = randomUUID();
  readonly #stack: Stack;
  readonly #options: InviteOptions;
  readonly #listener: OutgoingListener;
  readonly #from: NameAddress;
  readonly #authority: Authority;
  readonly #forks: Forks;
  #state: 'calling' | 'cancelling' | 'answered' | 'over' = 'calling';
  #sequence = 0;
  #sessionSeconds: number | null;
  #sessionTries = 0;
  #leastSeconds: number;
  #sent: SentRequest | null = null;
  #winner: Fork | null = null;

  constructor(stack: Stack, options: InviteOptions, listener: OutgoingListener) {
    this.#stack = stack;
    this.#options = options;
    this.#listener = listener;
    const parameters = new Map([...options.from.parameters, ['tag', newTag()] as const]);
    this.#from = { ...options.from, parameters };
    this.#authority = new Authority(() => options.credentials);
    this.#sessionSeconds = options.sessionSeconds;
    this.#leastSeconds = stack.minSessionSeconds;
    this.#forks = new Forks(stack, this.#authority, listener);
  }

  begin(): void {
    if (this.#state === 'cancelling') this.#fail({ kind: 'cancelled' });
    else if (this.#stack.dialogs.full) {
      this.refuse('there are as many calls as this engine may have at once');
    } else {
      this.#stack.dialogs.begin(this);
      this.#send(this.#options.hops);
    }
  }

  /** Nothing was sent, and nothing will be. */
  refuse(text: string): void {
    this.#fail({ kind: 'unreachable', cause: 'transport', text });
  }

  hangUp(_status?: number, headers: HeaderLines = []): void {
    if (this.#state === 'answered') this.#winner?.usage.bye(headers);
    if (this.#state !== 'calling') return;
    this.#state = 'cancelling';
    // What comes of it is told when the INVITE has its final answer, or had its time (§9.1).
    this.#sent?.cancel();
  }

  drop(): void {
    this.#over();
    this.#forks.clear();
    this.#winner?.usage.close();
  }

  info(contentType: string, body: string): Promise<void> {
    if (this.#winner === null) return Promise.reject(new Error('the call is not answered'));
    return this.#winner.usage.info(contentType, body);
  }

  reoffer(sdp: string): Promise<string> {
    if (this.#winner === null) return Promise.reject(new Error('the call is not answered'));
    return this.#winner.usage.negotiation.reoffer(sdp);
  }

  #send(hops: readonly Hop[]): void {
    const { patience, largeByTcp = false } = this.#options;
    const plan = {
      ...{ build: (hop: Hop) => this.#invite(hop), hops, authority: this.#authority },
      largeByTcp,
      ...(patience === undefined ? {} : { patience }),
    };
    this.#sent = sendRequest(this.#stack, plan, {
      provisional: (response, attempt) => this.#provisional(response, attempt),
      final: (response, attempt) => {
        if (response.status < 300) this.#ok(response, attempt);
        else this.#refused(response, attempt);
      },
      failed: (failure) => this.#fail({ kind: 'unreachable', ...failure }),
      late: (response, attempt) => this.#acknowledge(response, attempt)?.usage.bye(),
    });
  }

  #invite(hop: Hop): SipRequest {
    const { uri, to, routes, headers, offer } = this.#options;
    this.#sequence += 1;
    // Whatever an earlier attempt has opened ended with its final answer (§12.3).
    this.#forks.clear();
    const request = bareRequest('INVITE', uri);
    for (const route of routes) request.headers.append('Route', route);
    request.headers
      .append('Max-Forwards', '70')
      .append('From', writeNameAddress(this.#from))
      .append('To', writeNameAddress(to))
      .append('Call-ID', this.callId)
      .append('CSeq', `${this.#sequence} INVITE`)
      .append('Contact', contactHeader(this.#stack, hop, this.#from.uri.user))
      .append('User-Agent', this.#stack.product);
    addCapabilities(request.headers);
    if (this.#sessionSeconds !== null) {
      request.headers.append('Session-Expires', String(this.#sessionSeconds));
      request.headers.append('Min-SE', String(this.#leastSeconds));
    }
    addLines(request, headers);
    setSdp(request, offer);
    return request;
  }

  #provisional(response: SipResponse, attempt: Attempt): void {
    // 100 is the next hop's own; and 180 may overtake 200, or come after our CANCEL.
    if (response.status === 100 || this.#state !== 'calling') return;
    const sdp = sdpOf(response);
    if (tagOf(toOf(response)) !== null) {
      const fork = this.#forks.of(response, attempt);
      // What was told already, or nobody can keep track of.
      if (fork === null || !this.#takes(fork, response, attempt.request, sdp)) return;
    }
    tell(this.#stack.log, 'progress', () => this.#listener.progress(response.status, sdp));
  }

  /** Acknowledges a reliable answer by PRACK (RFC 3262 §4). False: it has been acted on before. */
  #takes(fork: Fork, response: SipResponse, invite: SipRequest, sdp: string | null): boolean {
    const rseq = rseqOf(response);
    if (rseq === null) return true;
    if (!fork.reliable.takes(rseq)) return false;
    if (sdp !== null) {
      // RFC 3262 §5: sent reliably, it is the answer, and the 2xx need not say it again.
      fork.answer ??= sdp;
      fork.usage.negotiation.settled = true;
    }
    fork.usage.request('PRACK', (prack) => prack.headers.append('RAck', rackFor(rseq, invite)), {
      final: ({ status }) => {
        if (status >= 300)
          this.#stack.log.info({ status, call: this.callId }, 'a PRACK was refused');
      },
      failed: ({ text }) =>
        this.#stack.log.info({ call: this.callId }, `no answer to PRACK: ${text}`),
    });
    return true;
  }

  /** A 2xx: the first one wins, every one gets its ACK, and all others get BYE (§13.2.2.4). */
  #ok(response: SipResponse, attempt: Attempt): void {
    const fork = this.#acknowledge(response, attempt);
    if (fork === null) return;
    if (this.#state !== 'calling') {
      // §9.1: it crossed our CANCEL, or another fork was quicker.
      fork.usage.bye();
      if (this.#state === 'cancelling') this.#fail({ kind: 'cancelled' });
      return;
    }
    this.#answered(fork, response);
  }

  /** Whose answer it is; null: it was acknowledged before, or is one too many. */
  #acknowledge(response: SipResponse, attempt: Attempt): Fork | null {
    const fork = this.#forks.of(response, attempt);
    if (fork === null) return null;
    const { usage } = fork;
    const isNew = usage.state === 'early';
    if (isNew) {
      usage.dialog.confirm(response);
      usage.confirm();
    }
    // One that came again wants its ACK again.
    usage.acks.acknowledge(attempt.request);
    return isNew ? fork : null;
  }

  #answered(fork: Fork, response: SipResponse): void {
    const { usage } = fork;
    this.#state = 'answered';
    this.#winner = fork;
    this.#forks.clear();
    usage.whenClosed(() => this.#over());
    usage.negotiation.settled = true;
    usage.negotiation.localSdp = this.#options.offer;
    usage.negotiation.agreed(agreedAsUac(response, this.#stack.minSessionSeconds), response);
    const sdp = sdpOf(response) ?? fork.answer;
    tell(this.#stack.log, 'answered', () => this.#listener.answered(sdp));
  }

  #refused(response: SipResponse, { hop }: Attempt): void {
    const { status, reason, headers } = response;
    const least = minSecondsOf(response);
    const mayAsk = this.#state === 'calling' && this.#sessionTries < MOST_SESSION_TRIES;
    if (status === 422 && least !== null && this.#sessionSeconds !== null && mayAsk) {
      // RFC 4028 §7.3: again, with what it wants at least.
      this.#sessionTries += 1;
      this.#leastSeconds = least;
      this.#sessionSeconds = Math.max(least, this.#sessionSeconds);
      this.#send([hop]);
    } else this.#fail({ kind: 'refused', status, reason, headers });
  }

  #fail(failure: InviteFailure): void {
    if (this.#state === 'over' || this.#state === 'answered') return;
    const told: InviteFailure = this.#state === 'cancelling' ? { kind: 'cancelled' } : failure;
    this.#over();
    this.#forks.clear();
    tell(this.#stack.log, 'failed', () => this.#listener.failed(told));
  }

  #over(): void {
    this.#state = 'over';
    this.#stack.dialogs.end(this);
  }
}
