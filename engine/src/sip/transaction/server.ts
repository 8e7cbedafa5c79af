import type { SipRequest, SipResponse, Source } from '../message/message.ts';
import { inviteServer, type InviteServerPhase } from './invite-server.ts';
import { classOf, type Action, type ServerEvent, type State, type Timing } from './machine.ts';
import { nonInviteServer, type NonInviteServerPhase } from './non-invite-server.ts';
import { Timers } from './timers.ts';
import type { ServerTransaction } from './transactions.ts';

export interface ServerKeys {
  /** §17.2.3: of this request sent again, and of its ACK. */
  key: string;
  /** §8.2.2.2: of the same request on another way; null: it is within a dialog. */
  merge: string | null;
}

/** What a server transaction needs of the layer around it. */
export interface ServerSurroundings {
  timing: Timing;
  send(response: SipResponse, source: Source): void;
  /** An ACK that is for the dialog: it came for a 2xx (RFC 6026 §7.1). */
  ack(request: SipRequest, source: Source): void;
  unacknowledged(transaction: ServerTransaction): void;
  /** Terminated: the same request would be a new one. */
  ended(transaction: Server): void;
}

type ServerState =
  | { method: 'INVITE'; state: State<InviteServerPhase> }
  | { method: 'other'; state: State<NonInviteServerPhase> };

/** One server transaction: does what its machine says. */
export class Server implements ServerTransaction {
  readonly request: SipRequest;
  readonly source: Source;
  /** What it is found by. */
  readonly keys: ServerKeys;
  readonly #around: ServerSurroundings;
  readonly #timers = new Timers((timer) => this.#step(timer));
  #machine: ServerState;
  #last: SipResponse | null = null;

  constructor(request: SipRequest, source: Source, keys: ServerKeys, around: ServerSurroundings) {
    this.request = request;
    this.source = source;
    this.keys = keys;
    this.#around = around;
    this.#machine =
      request.method === 'INVITE'
        ? { method: 'INVITE', state: { phase: 'proceeding', repeatMs: 0 } }
        : { method: 'other', state: { phase: 'trying', repeatMs: 0 } };
  }

  /** The To that it was last answered with; a CANCEL's answer has the same tag (§9.2). */
  get toHeader(): string | null {
    return this.#last?.headers.get('To') ?? null;
  }

  /** Whether a final answer was given, or it was dropped. */
  get isAnswered(): boolean {
    const { phase } = this.#machine.state;
    return phase !== 'proceeding' && phase !== 'trying';
  }

  respond(response: SipResponse): void {
    if (this.isAnswered) return;
    this.#last = response;
    this.#step(classOf(response.status));
  }

  drop(): void {
    if (this.#last !== null || this.isAnswered) return;
    this.#machine.state = { phase: 'terminated', repeatMs: 0 };
    this.close();
    this.#around.ended(this);
  }

  /** The request again, or the ACK of an INVITE. */
  receive(request: SipRequest): void {
    this.#step(request.method === 'ACK' ? 'ack' : 'request', request);
  }

  /** Says nothing more to anybody. */
  close(): void {
    this.#timers.stopAll();
  }

  #step(event: ServerEvent, request: SipRequest | null = null): void {
    const { timing } = this.#around;
    const machine = this.#machine;
    let actions: readonly Action[];
    if (machine.method === 'INVITE') {
      ({ state: machine.state, actions } = inviteServer(machine.state, event, timing));
    } else {
      ({ state: machine.state, actions } = nonInviteServer(machine.state, event, timing));
    }
    for (const action of actions) this.#do(action, request);
  }

  #do(action: Action, request: SipRequest | null): void {
    switch (action.do) {
      case 'send':
        return this.#last === null ? undefined : this.#around.send(this.#last, this.source);
      case 'tell':
        return request === null ? undefined : this.#around.ack(request, this.source);
      case 'start':
        return this.#timers.start(action.timer, action.ms);
      case 'stop':
        return this.#timers.stop(action.timer);
      case 'fail':
        return this.#around.unacknowledged(this);
      case 'end':
        this.close();
        return this.#around.ended(this);
      case 'knock':
      case 'acknowledge':
        throw new Error(`a server has nothing to ${action.do}`);
    }
  }
}
