import { cseqOf } from '../message/fields.ts';
import type { Hop, SipRequest, SipResponse } from '../message/message.ts';
import type { ServerTransaction } from '../transaction/transactions.ts';
import type { Dialog } from '../dialog/dialog.ts';
import { OkRepeater } from './ok-repeater.ts';
import type { Stack } from './stack.ts';

interface Waiting {
  sequence: number;
  ok: OkRepeater;
  acked(ack: SipRequest | null): void;
}

/** The ACKs to 2xx of one dialog, both ways: they belong to it and to no transaction (§13.2.2.4). */
export class Acks {
  readonly #stack: Stack;
  readonly #dialog: Dialog;
  readonly #peer: Hop;
  #acknowledged: SipRequest | null = null;
  #waiting: Waiting | null = null;
  #afterwards: (() => void) | null = null;

  constructor(stack: Stack, dialog: Dialog, peer: Hop) {
    this.#stack = stack;
    this.#dialog = dialog;
    this.#peer = peer;
  }

  /** ACKs the 2xx to this INVITE of ours. */
  acknowledge(invite: SipRequest): void {
    this.#acknowledged = invite;
    this.#send(invite);
  }

  /** A 2xx that came again: its ACK was lost. */
  okAgain(response: SipResponse): void {
    const invite = this.#acknowledged;
    if (invite !== null && cseqOf(invite).number === cseqOf(response).number) this.#send(invite);
  }

  /**
   * Answers an INVITE of theirs with 2xx. `acked` gets the ACK, or null when something else shows
   * that the 2xx is there; `giveUp` is told that neither came.
   */
  await(
    transaction: ServerTransaction,
    response: SipResponse,
    acked: Waiting['acked'],
    giveUp: () => void,
  ): void {
    const sequence = cseqOf(transaction.request).number;
    const ok = new OkRepeater(this.#stack, transaction, response, () => {
      this.#waiting = null;
      giveUp();
      this.#runAfterwards();
    });
    this.#waiting = { sequence, ok, acked };
  }

  /** An ACK of theirs. What nobody waits for has come before. */
  receive(ack: SipRequest): void {
    if (this.#waiting?.sequence === cseqOf(ack).number) this.#settle(ack);
  }

  /** Something shows that our 2xx is there, though its ACK is not here. */
  assume(): void {
    this.#settle(null);
  }

  /** Runs it at once, or when the ACK that is awaited is here or given up. */
  whenSettled(then: () => void): void {
    if (this.#waiting === null) then();
    else this.#afterwards = then;
  }

  /** Nothing is repeated any more, and nobody is told. */
  stop(): void {
    this.#waiting?.ok.stop();
    this.#waiting = null;
    this.#afterwards = null;
  }

  #settle(ack: SipRequest | null): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.ok.stop();
    waiting?.acked(ack);
    this.#runAfterwards();
  }

  #runAfterwards(): void {
    const then = this.#afterwards;
    this.#afterwards = null;
    then?.();
  }

  #send(invite: SipRequest): void {
    const { transactions, hopsTo, log } = this.#stack;
    const ack = this.#dialog.ack(cseqOf(invite).number);
    // §13.2.2.4: with the credentials of its INVITE.
    for (const name of ['Authorization', 'Proxy-Authorization']) {
      for (const value of invite.headers.all(name)) ack.headers.append(name, value);
    }
    const send = (hops: readonly Hop[]): void => {
      if (hops[0] !== undefined) transactions.sendAck(ack, hops[0]);
    };
    const hops = hopsTo(this.#dialog.nextHop, this.#peer);
    if (!(hops instanceof Promise)) send(hops);
    else hops.then(send, (error: unknown) => log.warn({ err: error }, 'an ACK has nowhere to go'));
  }
}
