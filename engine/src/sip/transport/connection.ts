import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { StreamCutter } from '../message/stream.ts';
import { SipSyntaxError } from '../message/syntax-error.ts';
import { TransportFailed, type Failed } from './failure.ts';

const PING = Buffer.from('\r\n');
/** Longer than most keep-alives (RFC 5626 §4.4.1: 120 s), and than an INVITE may ring. */
const IDLE_MS = 300_000;
/** Well below timer B (32 s), so that the next hop can still be tried. */
const CONNECT_MS = 5000;
/** So much may wait for a peer that does not read. */
const MAX_WAITING_BYTES = 1 << 20;

export interface ConnectionListener {
  message(bytes: Buffer): void;
  /** Once, whatever the reason; nothing comes after it. */
  closed(): void;
}

/** One TCP or TLS connection: what is sent before it stands waits for it. */
export class Connection {
  /**
   * What waits until the connection stands; null: it does. TLS would take bytes before that, and
   * forget whom to tell when the certificate turns out wrong.
   */
  #waiting: { bytes: Buffer; failed: Failed }[] | null = [];
  readonly #socket: Socket;
  readonly #log: Logger;
  readonly #listener: ConnectionListener;
  readonly #cutter = new StreamCutter();
  #problem: TransportFailed | null = null;

  /** `connected` is the event that says that it stands; null: it does already. */
  constructor(
    socket: Socket,
    connected: 'connect' | 'secureConnect' | null,
    listener: ConnectionListener,
    log: Logger,
  ) {
    this.#socket = socket;
    this.#listener = listener;
    this.#log = log;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => (this.#problem ??= asFailure(error)));
    socket.on('close', () => this.#closed());
    if (connected === null) this.#stands();
    else this.#await(connected);
  }

  send(bytes: Buffer, failed: Failed): void {
    if (this.#socket.destroyed) {
      failed(new TransportFailed('closed', 'the connection is closed'));
      return;
    }
    if (this.#waiting !== null) {
      this.#waiting.push({ bytes, failed });
      return;
    }
    if (this.#socket.writableLength > MAX_WAITING_BYTES) {
      this.#fail(new TransportFailed('timeout', 'the far end does not read what it is sent'));
    }
    this.#socket.write(bytes, (error) => {
      if (error) failed(this.#problem ?? asFailure(error));
    });
  }

  /** Harmless twice. */
  close(): void {
    this.#waiting = null;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    try {
      for (const cut of this.#cutter.push(chunk)) {
        if (cut.kind === 'message') this.#listener.message(cut.bytes);
        else this.#socket.write(PING);
      }
    } catch (error) {
      if (!(error instanceof SipSyntaxError)) throw error;
      this.#log.info({ problem: error.message }, 'a SIP connection is closed: it makes no sense');
      this.#socket.destroy();
    }
  }

  #await(connected: 'connect' | 'secureConnect'): void {
    const late = setTimeout(
      () => this.#fail(new TransportFailed('timeout', 'no connection in time')),
      CONNECT_MS,
    );
    this.#socket.once('close', () => clearTimeout(late));
    this.#socket.once(connected, () => {
      clearTimeout(late);
      this.#stands();
    });
  }

  #stands(): void {
    this.#socket.setTimeout(IDLE_MS, () => this.#socket.destroy());
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const { bytes, failed } of waiting) this.send(bytes, failed);
  }

  #fail(problem: TransportFailed): void {
    this.#problem ??= problem;
    this.#socket.destroy();
  }

  #closed(): void {
    const problem = this.#problem ?? new TransportFailed('closed', 'the far end hung up');
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    this.#listener.closed();
    for (const { failed } of waiting) failed(problem);
  }
}

/** OpenSSL's and Node's words for a certificate that does not hold. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|ISSUER/;

function asFailure(error: NodeJS.ErrnoException): TransportFailed {
  const code = error.code ?? '';
  if (CERTIFICATE.test(code)) return new TransportFailed('certificate', error.message, error);
  if (code === 'ETIMEDOUT') return new TransportFailed('timeout', error.message, error);
  const closed = code === 'ECONNRESET' || code === 'EPIPE';
  return new TransportFailed(closed ? 'closed' : 'refused', error.message, error);
}
