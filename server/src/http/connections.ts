import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { App } from './app-type.ts';

/** Every connection to us, on whichever of our addresses, whether or not it ever asks anything. */
export interface Connections {
  /** Opens the doors; answers with the port. Rejects when the address cannot be had. */
  listen(host: string, port: number): Promise<number>;
  /**
   * Nobody new comes in; waits for the answers under way, no longer than this, then closes every
   * connection. A browser opens some in advance and says nothing on them.
   */
  end(withinMs: number): Promise<void>;
}

export function watchConnections(app: App): Connections {
  const answers = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  const doors: Server[] = [];
  let quiet: (() => void) | null = null;

  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  app.addHook('onRequest', async (_request, { raw: answer }) => {
    answers.add(answer);
    answer.once('close', () => {
      answers.delete(answer);
      if (answers.size === 0) quiet?.();
    });
  });

  return {
    async listen(host, port) {
      const [first = host, ...others] = await addressesOf(host);
      await app.listen({ host: first, port });
      const { port: given } = app.server.address() as AddressInfo;
      for (const other of others) {
        const door = await openDoor(app, other, given);
        if (door !== null) doors.push(door);
      }
      return given;
    },
    async end(withinMs) {
      for (const door of doors) door.close();
      if (answers.size > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, withinMs);
          quiet = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** "localhost" is two addresses on most machines, and browsers try either first. */
async function addressesOf(host: string): Promise<string[]> {
  if (host !== 'localhost') return [host];
  const found = await lookup(host, { all: true });
  return [...new Set(found.map(({ address }) => address))];
}

/**
 * Another address of the same server: its connections are handed over as Node describes it,
 * https://nodejs.org/api/http.html#event-connection. Null when this machine does not
 * have it; rejects when somebody else does.
 */
async function openDoor(app: App, host: string, port: number): Promise<Server | null> {
  // As Node's own HTTP servers are.
  const door = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    app.server.emit('connection', socket);
  });
  door.listen({ host, port });
  try {
    await once(door, 'listening');
    return door;
  } catch (error) {
    if (!isNoAddressOfOurs(error)) throw error;
    app.log.debug({ err: error, host }, 'not an address of this machine');
    return null;
  }
}

/** A name may have an address that this machine, as in a container without IPv6, has not. */
function isNoAddressOfOurs(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
}
