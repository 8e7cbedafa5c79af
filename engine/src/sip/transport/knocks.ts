import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { TransportFailed, type Failed } from './failure.ts';
import { numeric } from './udp.ts';

/** What holes in NATs are kept open with: SIP's implementations throw it away unread. */
const KNOCK = Buffer.from('\r\n\r\n');
/** ICMP is there after a round trip, or was lost or kept out. */
const LISTEN_MS = 2000;

interface Knock {
  socket: Socket;
  timer: NodeJS.Timeout;
  waiting: Set<Failed>;
}

/**
 * Finds out that nobody is behind a UDP port, which RFC 3261 §18.4 wants told. The system tells of
 * ICMP's "port unreachable" on sockets only that talk to one far end (RFC 1122 §4.1.3.3), and the one
 * that carries our messages talks to all: so a socket of its own sends a datagram there that says
 * nothing. Silence means as little as it does elsewhere.
 */
export class Knocks {
  readonly #knocks = new Map<string, Knock>();

  /** `address` is numeric. `refused` is told later, and only when nobody is there. */
  knock(address: string, port: number, refused: Failed): void {
    const key = `${address} ${port}`;
    const knock = this.#knocks.get(key) ?? this.#begin(key, address, port);
    knock.waiting.add(refused);
  }

  /** Nobody is told anything after it. Harmless twice. */
  close(): void {
    for (const [key, knock] of this.#knocks) this.#end(key, knock);
  }

  #begin(key: string, address: string, port: number): Knock {
    const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', lookup: numeric });
    const timer = setTimeout(() => this.#end(key, knock), LISTEN_MS).unref();
    const knock: Knock = { socket, timer, waiting: new Set() };
    this.#knocks.set(key, knock);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#end(key, knock);
      // What else may go wrong with a knock says nothing of the messages.
      if (error.code !== 'ECONNREFUSED') return;
      const failure = new TransportFailed('refused', 'nobody listens there', error);
      for (const refused of knock.waiting) refused(failure);
    });
    socket.once('connect', () => socket.send(KNOCK));
    socket.connect(port, address);
    return knock;
  }

  #end(key: string, knock: Knock): void {
    if (this.#knocks.get(key) !== knock) return;
    this.#knocks.delete(key);
    clearTimeout(knock.timer);
    knock.socket.close();
  }
}
