import { isIP, type Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Hop, Source, TransportName } from '../message/message.ts';
import { Connection } from './connection.ts';
import type { Failed } from './failure.ts';
import { Knocks } from './knocks.ts';
import { connectTcp, listenTcp, type Listening } from './tcp.ts';
import { connectTls, listenTls, type TlsIdentity } from './tls.ts';
import { localAddressTowards, openUdp, unmapped } from './udp.ts';
import type { Wire } from './wire.ts';

export interface TransportOptions {
  /** The address to bind: 0.0.0.0, :: or one of ours. */
  host: string;
  /** Of UDP and TCP; 0: one that is free for both. */
  port: number;
  /** Null: TLS goes out only. */
  tls: TlsIdentity | null;
  /** What the world reaches us at, if that is not the address we send from (NAT). */
  publicAddress: string | null;
  log: Logger;
  /** Puts something between us and UDP: loss and reorder in tests. */
  wire?: (wire: Wire) => Wire;
}

/** What came, from where; the bytes are a datagram, or one message of a stream. */
export type Receive = (bytes: Buffer, source: Source) => void;

const DEFAULT_TLS_PORT = 5061;
/** How often another free port is looked for, if UDP's is taken on TCP. */
const PORT_TRIES = 20;

/** RFC 3261 §18: one UDP port, TCP on the same, TLS on another, and the connections that stand. */
export class Transport {
  readonly udpPort: number;
  /** Null: no TLS comes in. */
  readonly tlsPort: number | null;
  readonly #options: TransportOptions;
  readonly #receive: Receive;
  readonly #wire: Wire;
  readonly #servers: Listening[];
  readonly #connections = new Map<string, Connection>();
  readonly #knocks = new Knocks();
  readonly #localAddresses = new Map<string, string>();
  #closed: Promise<void> | null = null;

  /** Binds all ports. Rejects when one is taken, with none left open. */
  static async open(options: TransportOptions, receive: Receive): Promise<Transport> {
    let transport: Transport | null = null;
    const accept = (name: TransportName) => (socket: Socket) => {
      if (transport === null) socket.destroy();
      else transport.#accept(name, socket);
    };
    const { wire, tcp } = await openBoth(options, accept('tcp'));
    try {
      const tls = options.tls && (await listenTls(options.host, options.tls, accept('tls')));
      const servers = tls === null ? [tcp] : [tcp, tls];
      transport = new Transport(options, receive, options.wire?.(wire) ?? wire, servers);
      return transport;
    } catch (error) {
      await Promise.all([wire.close(), tcp.close()]);
      throw error;
    }
  }

  private constructor(
    options: TransportOptions,
    receive: Receive,
    wire: Wire,
    servers: Listening[],
  ) {
    this.#options = options;
    this.#receive = receive;
    this.#wire = wire;
    this.#servers = servers;
    this.udpPort = wire.port;
    this.tlsPort = servers[1]?.port ?? null;
    wire.onMessage = (bytes, address, port) => {
      const hop = { transport: 'udp', address, port, serverName: null } as const;
      if (this.#closed === null) this.#receive(bytes, { ...hop, localPort: this.udpPort });
    };
  }

  /** Over the connection that stands to this hop, or a new one. `failed` is told at most once. */
  send(bytes: Buffer, hop: Hop, failed: Failed): void {
    if (this.#closed !== null) return;
    if (hop.transport === 'udp') this.#wire.send(bytes, hop.address, hop.port, failed);
    else (this.#connections.get(keyOf(hop)) ?? this.#connect(hop)).send(bytes, failed);
  }

  /** Tells `refused` when nobody is there; over a connection that is known anyway. */
  knock({ transport, address, port }: Hop, refused: Failed): void {
    if (this.#closed === null && transport === 'udp') this.#knocks.knock(address, port, refused);
  }

  /** Whether a connection to this hop stands (or is being made); UDP has none to lose. */
  reaches(hop: Hop): boolean {
    return hop.transport === 'udp' || this.#connections.has(keyOf(hop));
  }

  localAddress(hop: Pick<Hop, 'transport' | 'address'>): { host: string; port: number } {
    const port = hop.transport === 'tls' ? (this.tlsPort ?? DEFAULT_TLS_PORT) : this.udpPort;
    return { host: this.#options.publicAddress ?? this.#localHost(hop.address), port };
  }

  /** Harmless twice. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
    this.#knocks.close();
    await Promise.all([this.#wire.close(), ...this.#servers.map((server) => server.close())]);
  }

  #connect(hop: Hop): Connection {
    const tls = hop.transport === 'tls';
    const socket = tls ? connectTls(hop) : connectTcp(hop);
    return this.#add(hop, socket, tls ? 'secureConnect' : 'connect');
  }

  #accept(transport: TransportName, socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    if (this.#closed !== null || remoteAddress === undefined || remotePort === undefined) {
      socket.destroy();
      return;
    }
    const address = unmapped(remoteAddress);
    this.#add({ transport, address, port: remotePort, serverName: null }, socket, null);
  }

  #add(hop: Hop, socket: Socket, connected: 'connect' | 'secureConnect' | null): Connection {
    const key = keyOf(hop);
    const listener = {
      message: (bytes: Buffer) => {
        if (this.#closed !== null) return;
        this.#receive(bytes, { ...hop, localPort: socket.localPort ?? this.udpPort });
      },
      closed: () => {
        if (this.#connections.get(key) === connection) this.#connections.delete(key);
      },
    };
    const connection: Connection = new Connection(socket, connected, listener, this.#options.log);
    this.#connections.set(key, connection);
    return connection;
  }

  /** Bound to one address it is that; else the one that the system sends from towards there. */
  #localHost(address: string): string {
    const { host } = this.#options;
    if (host !== '0.0.0.0' && host !== '::') return host;
    const known = this.#localAddresses.get(address);
    if (known !== undefined) return known;
    const found = (isIP(address) === 0 ? null : localAddressTowards(address)) ?? host;
    // Networks change, and strangers' addresses are many: what was found is no promise.
    if (this.#localAddresses.size >= 1000) this.#localAddresses.clear();
    this.#localAddresses.set(address, found);
    return found;
  }
}

/** A verified connection and one that nobody verified are not the same. */
function keyOf({ transport, address, port, serverName, ca }: Hop): string {
  return `${transport} ${address} ${port} ${serverName ?? ''} ${ca ?? ''}`;
}

/** With port 0 the system chooses UDP's, which may be taken on TCP: then another one. */
async function openBoth(
  { host, port }: TransportOptions,
  accept: (socket: Socket) => void,
): Promise<{ wire: Wire; tcp: Listening }> {
  for (let left = PORT_TRIES; ; left -= 1) {
    const wire = await openUdp(host, port);
    try {
      return { wire, tcp: await listenTcp(host, wire.port, accept) };
    } catch (error) {
      await wire.close();
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (port !== 0 || !taken || left === 0) throw error;
    }
  }
}
