import type { Hop, SipRequest, SipResponse, Source } from '../message/message.ts';

export type { Source } from '../message/message.ts';

export interface ClientListener {
  /** Every provisional answer, and the final one once; of an INVITE also further 2xx (forks). */
  response(response: SipResponse): void;
  /**
   * timeout: nobody answered (408, §8.1.3.1). transport: it could not be sent (503); `error` is a
   * TransportFailed, whose `code` knows a certificate from a closed port.
   */
  failed(why: 'timeout' | 'transport', error?: Error): void;
}

export interface ClientTransaction {
  readonly request: SipRequest;
  /**
   * CANCEL for an INVITE (§9.1): held back until a provisional answer is here; the INVITE's own
   * final answer still comes to the listener.
   */
  cancel(): void;
}

export interface ServerTransaction {
  readonly request: SipRequest;
  readonly source: Source;
  /**
   * Sends (and repeats as the transport needs) an answer. After a final one it does nothing. 100
   * Trying (§17.2.1) is for the user agent to send: only it knows whom it talks to at all.
   */
  respond(response: SipResponse): void;
  /** Forgets it without an answer, so that a stranger learns nothing. After an answer: nothing. */
  drop(): void;
}

export interface TransactionListener {
  /**
   * A new request outside of every server transaction. CANCEL has been matched already (§9.2): one
   * that comes here fits no INVITE, and 481 is its answer.
   */
  request(transaction: ServerTransaction): void;
  /** The INVITE of this transaction is cancelled; the CANCEL has been answered with 200. */
  cancelled(transaction: ServerTransaction): void;
  /** An ACK for a 2xx: it belongs to a dialog, not to a transaction (§13.3.1.4). */
  ack(request: SipRequest, source: Source): void;
  /** A 2xx to an INVITE whose client transaction is gone: a late fork, or one sent again (§13.2.2.4). */
  strayOk(response: SipResponse, source: Source): void;
  /** No ACK for a final answer that is no 2xx came (timer H). */
  unacknowledged(transaction: ServerTransaction): void;
}

export interface Transactions {
  listener: TransactionListener;
  /** Sends a request in a client transaction of its own; puts the Via on top. */
  send(request: SipRequest, hop: Hop, listener: ClientListener): ClientTransaction;
  /** Sends an ACK to a 2xx: outside of transactions, repeated by who calls (§13.2.2.4). */
  sendAck(request: SipRequest, hop: Hop): void;
  /** Repeats a 2xx to an INVITE (§13.3.1.4), which no transaction does. */
  sendAgain(response: SipResponse, source: Source): void;
  /** What others can reach us at over this transport, for Via and Contact: address and port. */
  localAddress(hop: Pick<Hop, 'transport' | 'address'>): { host: string; port: number };
  /** Transactions alive, for tests of leaks. */
  readonly size: number;
  /** Nothing is sent or told after it. Harmless twice. */
  close(): Promise<void>;
}
