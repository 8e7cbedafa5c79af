import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { pino } from 'pino';
import { expect } from 'vitest';
import { bareRequest } from '../message/make.ts';
import type {
  Hop,
  SipMessage,
  SipRequest,
  SipResponse,
  TransportName,
} from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import { parseUri } from '../message/uri.ts';
import { createTransactions, type TransactionLayer, type TransactionOptions } from './layer.ts';
import type { ServerTransaction, TransactionListener } from './transactions.ts';

/** For tests: layers on loopback with short times, and plain sockets that are not what they should be. */
export class Peers {
  static readonly TIMES = { t1: 20, t2: 160, t4: 100 };
  readonly #closers: (() => unknown)[] = [];
  #count = 0;

  async layer(options: Partial<TransactionOptions> = {}): Promise<TransactionLayer> {
    const layer = await createTransactions({
      ...{ host: '127.0.0.1', port: 0, tls: null, publicAddress: null, times: Peers.TIMES },
      log: pino({ level: 'silent' }),
      ...options,
    });
    this.#closers.push(() => layer.close());
    return layer;
  }

  async stranger(): Promise<Socket & { port: number }> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    this.#closers.push(() => socket.close());
    return Object.assign(socket, { port: socket.address().port });
  }

  /** A request of a Call-ID of its own, without Via. */
  request(method: string): SipRequest {
    const request = bareRequest(method, parseUri('sip:bob@127.0.0.1'));
    this.#count += 1;
    request.headers
      .append('Max-Forwards', '70')
      .append('From', `<sip:ada@127.0.0.1>;tag=${this.#count}`)
      .append('To', '<sip:bob@127.0.0.1>')
      .append('Call-ID', `call-${this.#count}`)
      .append('CSeq', `1 ${method}`);
    return request;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0)) await close();
  }
}

export function hopTo({ udpPort }: { udpPort: number }, transport: TransportName = 'udp'): Hop {
  return { transport, address: '127.0.0.1', port: udpPort, serverName: null };
}

/** Sends, collects every answer, and says when the final one is here, or why none came. */
export function exchange(from: TransactionLayer, request: SipRequest, hop: Hop) {
  const heard: SipResponse[] = [];
  const end = promised<{ statuses: number[]; failed: string | null; error: Error | null }>();
  const finish = (failed: string | null, error: Error | null) =>
    end.resolve({ statuses: heard.map(({ status }) => status), failed, error });
  const transaction = from.send(request, hop, {
    response: (response) => {
      heard.push(response);
      if (response.status >= 200) finish(null, null);
    },
    failed: (why, error) => finish(why, error ?? null),
  });
  return { transaction, heard, done: end.promise };
}

export function promised<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

export function listening(
  request: (transaction: ServerTransaction) => void,
  more: Partial<TransactionListener> = {},
): TransactionListener {
  return {
    request,
    cancelled: () => undefined,
    ack: () => undefined,
    strayOk: () => undefined,
    unacknowledged: () => undefined,
    ...more,
  };
}

export async function nextMessage(socket: Socket): Promise<SipMessage> {
  const [bytes] = (await once(socket, 'message')) as [Buffer];
  return parseMessage(bytes);
}

/** Every transaction ends by itself: by its timers, the longest of which is 64·T1. */
export async function untilEmpty(...layers: TransactionLayer[]): Promise<void> {
  const none = layers.map(() => 0);
  await expect.poll(() => layers.map(({ size }) => size), { timeout: 12_000 }).toEqual(none);
}
