import type { Hop, SipRequest, SipResponse } from '../message/message.ts';
import { inviteClient, type InviteClientPhase } from './invite-client.ts';
import { classOf, type Action, type ClientEvent, type State, type Timing } from './machine.ts';
import { nonInviteClient, type NonInviteClientPhase } from './non-invite-client.ts';
import { ackFor, cancelFor } from './requests.ts';
import { Timers } from './timers.ts';
import type { ClientListener, ClientTransaction } from './transactions.ts';

/** What a client transaction needs of the layer around it. */
export interface ClientSurroundings {
  timing: Timing;
  hop: Hop;
  listener: ClientListener;
  send(message: SipRequest, failed: (error: Error) => void): void;
  /** Asks whether anybody is there; `refused`: nobody is. */
  knock(refused: (error: Error) => void): void;
  /** Begins the transaction of a CANCEL, which has the INVITE's branch. */
  cancel(request: SipRequest): void;
  /** Terminated: answers do not reach it any more. */
  ended(): void;
}

type ClientState =
  | { method: 'INVITE'; state: State<InviteClientPhase> }
  | { method: 'other'; state: State<NonInviteClientPhase> };

/** One client transaction: does what its machine says. */
export class Client implements ClientTransaction {
  readonly request: SipRequest;
  readonly #around: ClientSurroundings;
  readonly #timers = new Timers((timer) => this.#step(timer));
  #machine: ClientState;
  #cancel: 'no' | 'wanted' | 'sent' = 'no';
  #giveUp: NodeJS.Timeout | null = null;
  #error: Error | undefined;

  constructor(request: SipRequest, around: ClientSurroundings) {
    this.request = request;
    this.#around = around;
    this.#machine =
      request.method === 'INVITE'
        ? { method: 'INVITE', state: { phase: 'calling', repeatMs: 0 } }
        : { method: 'other', state: { phase: 'trying', repeatMs: 0 } };
  }

  begin(): void {
    this.#step('begin');
  }

  receive(response: SipResponse): void {
    this.#step(classOf(response.status), response);
    if (this.#cancel === 'wanted') this.#sendCancel();
    if (response.status >= 200) this.#patience(null);
  }

  cancel(): void {
    if (this.#machine.method !== 'INVITE' || this.#cancel !== 'no') return;
    this.#cancel = 'wanted';
    this.#sendCancel();
  }

  /** Says nothing more to anybody. */
  close(): void {
    this.#timers.stopAll();
    this.#patience(null);
  }

  /** §9.1: before a provisional answer it could overtake the INVITE; after a final one it is idle. */
  #sendCancel(): void {
    if (this.#machine.state.phase !== 'proceeding') return;
    this.#cancel = 'sent';
    this.#around.cancel(cancelFor(this.request));
    // §9.1: without a final answer in 64·T1 the INVITE counts as cancelled.
    this.#patience(64 * this.#around.timing.t1);
  }

  #patience(ms: number | null): void {
    if (this.#giveUp !== null) clearTimeout(this.#giveUp);
    this.#giveUp = ms === null ? null : setTimeout(() => this.#abandon(), ms);
  }

  #abandon(): void {
    this.close();
    this.#around.ended();
    this.#around.listener.failed('timeout');
  }

  #step(event: ClientEvent, response: SipResponse | null = null): void {
    const { timing } = this.#around;
    const machine = this.#machine;
    let actions: readonly Action[];
    if (machine.method === 'INVITE') {
      ({ state: machine.state, actions } = inviteClient(machine.state, event, timing));
    } else {
      ({ state: machine.state, actions } = nonInviteClient(machine.state, event, timing));
    }
    for (const action of actions) this.#do(action, response);
  }

  #do(action: Action, response: SipResponse | null): void {
    const { listener } = this.#around;
    switch (action.do) {
      case 'send':
        return this.#send(this.request);
      case 'knock':
        return this.#around.knock((error) => this.#refused(error));
      case 'acknowledge':
        return response === null ? undefined : this.#send(ackFor(this.request, response));
      case 'tell':
        return response === null ? undefined : listener.response(response);
      case 'start':
        return this.#timers.start(action.timer, action.ms);
      case 'stop':
        return this.#timers.stop(action.timer);
      case 'fail':
        return listener.failed(action.why, this.#error);
      case 'end':
        this.close();
        return this.#around.ended();
    }
  }

  #send(message: SipRequest): void {
    this.#around.send(message, (error) => this.#unsent(error));
  }

  /** Whoever has said something is there, whatever a firewall makes of a knock. */
  #refused(error: Error): void {
    const { phase } = this.#machine.state;
    if (phase === 'calling' || phase === 'trying') this.#unsent(error);
  }

  #unsent(error: Error): void {
    this.#error = error;
    this.#step('unsent');
  }
}
