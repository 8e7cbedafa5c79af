import { topVia } from '../message/via.ts';
import { cseqOf } from '../message/fields.ts';
import { responseTo } from '../message/make.ts';
import type { Hop, SipMessage, SipRequest, SipResponse, Source } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import { SipSyntaxError } from '../message/syntax-error.ts';
import { writeHostPort } from '../message/uri.ts';
import { writeMessage } from '../message/write.ts';
import { TransportFailed, type Failed } from '../transport/failure.ts';
import { sentByPort, stampVia } from '../transport/stamp.ts';
import { Transport, type TransportOptions } from '../transport/transport.ts';
import { Client } from './client.ts';
import { clientKey, clientKeyOf, mergeKeyOf, newBranch, serverKeyOf } from './keys.ts';
import { USUAL_TIMES, type Timing } from './machine.ts';
import { Server, type ServerKeys, type ServerSurroundings } from './server.ts';
import type { ClientListener, TransactionListener, Transactions } from './transactions.ts';

export interface TransactionOptions extends TransportOptions {
  /** Shorter times for tests; absent: those of §17.1.1.1. */
  times?: { t1: number; t2: number; t4: number };
}

/** Binds the ports. Rejects when one is taken. Whoever calls closes. */
export async function createTransactions(options: TransactionOptions): Promise<TransactionLayer> {
  let layer: TransactionLayer | null = null;
  const transport = await Transport.open(options, (bytes, source) => layer?.receive(bytes, source));
  layer = new TransactionLayer(options, transport);
  return layer;
}

/** Matches what comes to transactions (RFC 3261 §17.1.3, §17.2.3), and begins new ones. */
export class TransactionLayer implements Transactions {
  listener: TransactionListener = DEAF;
  readonly udpPort: number;
  readonly tlsPort: number | null;
  readonly #transport: Transport;
  readonly #options: TransactionOptions;
  readonly #clients = new Map<string, Client>();
  readonly #servers = new Map<string, Server>();
  /** By Call-ID, From tag and CSeq: the same request on another way (§8.2.2.2). */
  readonly #merged = new Map<string, Server>();
  #closed = false;

  constructor(options: TransactionOptions, transport: Transport) {
    this.#options = options;
    this.#transport = transport;
    this.udpPort = transport.udpPort;
    this.tlsPort = transport.tlsPort;
  }

  get size(): number {
    return this.#clients.size + this.#servers.size;
  }

  send(request: SipRequest, hop: Hop, listener: ClientListener): Client {
    const branch = newBranch();
    return this.#begin(this.#withVia(request, hop, branch), branch, hop, listener);
  }

  sendAck(request: SipRequest, hop: Hop): void {
    this.#write(this.#withVia(request, hop, newBranch()), hop, (error) =>
      this.#options.log.info({ err: error }, 'an ACK could not be sent'),
    );
  }

  sendAgain(response: SipResponse, source: Source): void {
    this.#answer(response, source);
  }

  localAddress(hop: Pick<Hop, 'transport' | 'address'>): { host: string; port: number } {
    return this.#transport.localAddress(hop);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const one of [...this.#clients.values(), ...this.#servers.values()]) one.close();
    this.#clients.clear();
    this.#servers.clear();
    this.#merged.clear();
    await this.#transport.close();
  }

  /** One message as it came. Whoever sends nonsense hears nothing. */
  receive(bytes: Buffer, source: Source): void {
    if (this.#closed) return;
    let message: SipMessage;
    try {
      message = parseMessage(bytes);
    } catch (error) {
      const { address, transport } = source;
      if (error instanceof SipSyntaxError) {
        this.#options.log.debug({ address, transport, problem: error.message }, 'that is no SIP');
      } else {
        // A fault of ours, which no stranger may end the process with.
        this.#options.log.error({ err: error, address, transport }, 'SIP could not be read');
      }
      return;
    }
    // One listener's exception ends neither the process nor the connection that it came by.
    this.#guard(() => {
      if (message.kind === 'response') this.#takeResponse(message, source);
      else this.#takeRequest(message, stampVia(message, source));
    });
  }

  #takeResponse(response: SipResponse, source: Source): void {
    const client = this.#clients.get(clientKeyOf(response));
    if (client !== undefined) client.receive(response);
    else if (
      cseqOf(response).method === 'INVITE' &&
      response.status >= 200 &&
      response.status < 300
    ) {
      this.listener.strayOk(response, source);
    }
  }

  #takeRequest(request: SipRequest, source: Source): void {
    const key = serverKeyOf(request);
    const server = this.#servers.get(key);
    if (server !== undefined) server.receive(request);
    else if (request.method === 'ACK') this.listener.ack(request, source);
    else if (request.method === 'CANCEL') this.#takeCancel(request, source, key);
    else this.#takeNew(request, source, key);
  }

  #takeNew(request: SipRequest, source: Source, key: string): void {
    const merge = mergeKeyOf(request);
    const server = this.#serve(request, source, { key, merge });
    if (merge !== null && this.#merged.has(merge)) {
      // §8.2.2.2: it was forked on its way, and this is one branch too many.
      server.respond(responseTo(request, 482, null, newBranch()));
      return;
    }
    if (merge !== null) this.#merged.set(merge, server);
    this.#offer(server);
  }

  /** Where the listener fails nobody would ever answer: the transaction must not wait for it. */
  #offer(server: Server): void {
    try {
      this.listener.request(server);
    } catch (error) {
      server.drop();
      server.respond(responseTo(server.request, 500, null, newBranch()));
      throw error;
    }
  }

  /** §9.2: 200 whatever becomes of the INVITE, which only needs telling if it is not answered yet. */
  #takeCancel(request: SipRequest, source: Source, key: string): void {
    const invite = this.#servers.get(serverKeyOf(request, 'INVITE'));
    const server = this.#serve(request, source, { key, merge: null });
    if (invite === undefined) {
      this.#offer(server);
      return;
    }
    const ok = responseTo(request, 200);
    if (invite.toHeader !== null) ok.headers.set('To', invite.toHeader);
    server.respond(ok);
    if (!invite.isAnswered) this.listener.cancelled(invite);
  }

  #begin(request: SipRequest, branch: string, hop: Hop, listener: ClientListener): Client {
    const key = clientKey(branch, request.method);
    const client = new Client(request, {
      timing: this.#timing(hop),
      hop,
      listener: {
        response: (response) => this.#guard(() => listener.response(response)),
        failed: (why, error) => this.#guard(() => listener.failed(why, error)),
      },
      send: (message, failed) => this.#write(message, hop, failed),
      knock: (refused) => this.#transport.knock(hop, refused),
      cancel: (cancel) => this.#begin(cancel, branch, hop, SILENT),
      ended: () => this.#clients.delete(key),
    });
    if (this.#closed) return client;
    this.#clients.set(key, client);
    client.begin();
    return client;
  }

  #serve(request: SipRequest, source: Source, keys: ServerKeys): Server {
    const server = new Server(request, source, keys, {
      timing: this.#timing(source),
      ...this.#serverSurroundings,
    });
    this.#servers.set(keys.key, server);
    return server;
  }

  readonly #serverSurroundings: Omit<ServerSurroundings, 'timing'> = {
    send: (response, source) => this.#answer(response, source),
    ack: (request, source) => this.listener.ack(request, source),
    unacknowledged: (server) => this.#guard(() => this.listener.unacknowledged(server)),
    ended: (server) => {
      const { key, merge } = server.keys;
      this.#servers.delete(key);
      if (merge !== null && this.#merged.get(merge) === server) this.#merged.delete(merge);
    },
  };

  #timing({ transport }: Hop): Timing {
    return { ...(this.#options.times ?? USUAL_TIMES), reliable: transport !== 'udp' };
  }

  /** A copy with our Via on top; rport asks for the answer to come where the request came from. */
  #withVia(request: SipRequest, hop: Hop, branch: string): SipRequest {
    const { host, port } = this.#transport.localAddress(hop);
    const sentBy = writeHostPort(host, port);
    const via = `SIP/2.0/${hop.transport.toUpperCase()} ${sentBy};branch=${branch};rport`;
    return { ...request, headers: request.headers.copy().prepend('Via', via) };
  }

  /** §18.2.2: over a connection that is gone by now, an answer goes to the port in sent-by. */
  #answer(response: SipResponse, source: Source): void {
    let hop: Hop = source;
    if (!this.#transport.reaches(source)) {
      const via = topVia(response.headers);
      hop = { ...source, port: sentByPort(via), serverName: via.host };
    }
    this.#write(response, hop, (error) =>
      this.#options.log.info(
        { err: error, status: response.status },
        'an answer could not be sent',
      ),
    );
  }

  /** `failed` is told later, never while the caller still stands in `send`. */
  #write(message: SipMessage, hop: Hop, failed: Failed): void {
    const later: Failed = (error) => queueMicrotask(() => !this.#closed && failed(error));
    let bytes: Buffer;
    try {
      bytes = writeMessage(message);
    } catch (error) {
      if (!(error instanceof SipSyntaxError)) throw error;
      later(new TransportFailed('unsupported', error.message, error));
      return;
    }
    this.#transport.send(bytes, hop, later);
  }

  #guard(tell: () => void): void {
    if (this.#closed) return;
    try {
      tell();
    } catch (error) {
      this.#options.log.error({ err: error }, 'a SIP message was not dealt with');
    }
  }
}

/** Until somebody listens, strangers are forgotten. */
const DEAF: TransactionListener = {
  request: (transaction) => transaction.drop(),
  cancelled: () => undefined,
  ack: () => undefined,
  strayOk: () => undefined,
  unacknowledged: () => undefined,
};

/** Of a CANCEL only its INVITE's answer counts. */
const SILENT: ClientListener = { response: () => undefined, failed: () => undefined };
