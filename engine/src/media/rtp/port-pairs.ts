import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv4, isIPv6 } from 'node:net';
import { MediaFailure } from '../failure.ts';
import type { Endpoint } from './source-latch.ts';

/** Ports, both ends included. */
export interface PortRange {
  from: number;
  to: number;
}

/** Two sockets: RTP on an even port, RTCP on the next one (RFC 3550 §11). */
export interface PortPair {
  /** That of RTP. */
  readonly port: number;
  /** What cannot be sent is lost, like any datagram. `to.address` is an address, not a name. */
  sendRtp(datagram: Buffer, to: Endpoint): void;
  sendRtcp(datagram: Buffer, to: Endpoint): void;
  /** Harmless twice. */
  close(): void;
}

export interface PairListener {
  rtp(datagram: Buffer, from: Endpoint): void;
  rtcp(datagram: Buffer, from: Endpoint): void;
  /** A socket failed; there may be more to come of it. */
  problem(error: Error): void;
}

/** Below the ports that systems give to programs who do not care. */
const ANYWHERE: PortRange = { from: 16_384, to: 32_767 };
/** Errors of a port that somebody else has; with any other one there is no use in going on. */
const TAKEN: readonly unknown[] = ['EADDRINUSE', 'EACCES'];
const NO_IPV6 = 'EAFNOSUPPORT';

/** Gives out the port pairs of a range, one after the other, so that a port rests between calls. */
export class PortPairs {
  readonly #range: PortRange;
  #address: string;
  #next: number;

  /** `range` null: whatever is free. `bindAddress` null: all addresses, of IPv4 and IPv6. */
  constructor(range: PortRange | null, bindAddress: string | null) {
    this.#range = range ?? ANYWHERE;
    this.#address = bindAddress ?? '::';
    const first = this.#range.from + (this.#range.from % 2);
    // From a random one on: two engines, or one that was started again, do not meet at each port.
    this.#next = first + 2 * Math.floor(Math.random() * this.#size);
  }

  /** @throws MediaFailure transport_failed when no pair is free */
  async open(listener: PairListener): Promise<PortPair> {
    let cause: unknown;
    for (let attempt = 0; attempt < this.#size; attempt++) {
      try {
        return await this.#bind(this.#take(), listener);
      } catch (error) {
        cause = error;
        if (!TAKEN.includes(codeOf(error))) break;
      }
    }
    const { from, to } = this.#range;
    const message = `no pair of RTP ports can be had in ${from}–${to}`;
    throw new MediaFailure('transport_failed', message, { cause });
  }

  get #size(): number {
    const { from, to } = this.#range;
    return Math.max(0, Math.floor((to + 1 - from - (from % 2)) / 2));
  }

  #take(): number {
    const { from, to } = this.#range;
    const port = this.#next;
    this.#next = port + 3 <= to ? port + 2 : from + (from % 2);
    return port;
  }

  async #bind(port: number, listener: PairListener): Promise<PortPair> {
    try {
      return await bindPair(port, this.#address, listener);
    } catch (error) {
      if (codeOf(error) !== NO_IPV6 || this.#address !== '::') throw error;
      this.#address = '0.0.0.0';
      return bindPair(port, this.#address, listener);
    }
  }
}

async function bindPair(port: number, address: string, listener: PairListener): Promise<PortPair> {
  const rtp = await bind(port, address);
  try {
    return new SocketPair(rtp, await bind(port + 1, address), listener);
  } catch (error) {
    rtp.close();
    throw error;
  }
}

function bind(port: number, address: string): Promise<Socket> {
  const socket = createSocket({
    type: isIPv6(address) ? 'udp6' : 'udp4',
    // We send to addresses only, and 50 times a second: there is nothing to look up.
    lookup: (host, _options, callback) => callback(null, host, 0),
  });
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind(port, address, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

class SocketPair implements PortPair {
  readonly port: number;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #mapped: boolean;
  #closed = false;

  constructor(rtp: Socket, rtcp: Socket, listener: PairListener) {
    const { port, family } = rtp.address();
    this.port = port;
    this.#mapped = family === 'IPv6';
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    rtp.on('message', (bytes, from) => listener.rtp(bytes, plain(from)));
    rtcp.on('message', (bytes, from) => listener.rtcp(bytes, plain(from)));
    for (const socket of [rtp, rtcp]) socket.on('error', (error) => listener.problem(error));
  }

  sendRtp(datagram: Buffer, to: Endpoint): void {
    this.#send(this.#rtp, datagram, to);
  }

  sendRtcp(datagram: Buffer, to: Endpoint): void {
    this.#send(this.#rtcp, datagram, to);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#rtp.close();
    this.#rtcp.close();
  }

  #send(socket: Socket, datagram: Buffer, { address, port }: Endpoint): void {
    if (this.#closed) return;
    socket.send(datagram, port, this.#mapped && isIPv4(address) ? MAPPED + address : address);
  }
}

/** How a socket of IPv6 sees IPv4 (RFC 4291 §2.5.5.2). */
const MAPPED = '::ffff:';

function plain({ address, port }: RemoteInfo): Endpoint {
  return { address: address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address, port };
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
