import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Hop } from '../message/message.ts';

/** Listens for TCP connections. Rejects when the port is taken. */
export function listenTcp(
  host: string,
  port: number,
  accept: (socket: Socket) => void,
): Promise<Listening> {
  return listening(createServer(accept), host, port);
}

/** Stands when it says `connect`. */
export function connectTcp(hop: Hop): Socket {
  return connect(hop.port, hop.address);
}

/** Strangers may open so many at once, and no more; phones need one each. */
const MAX_CONNECTIONS = 5000;

/** A port that takes connections. */
export interface Listening {
  readonly port: number;
  /** Ends its connections too. Once. */
  close(): Promise<void>;
}

/** Resolves when the server listens; what goes wrong later concerns one connection only. */
export async function listening(server: Server, host: string, port: number): Promise<Listening> {
  server.maxConnections = MAX_CONNECTIONS;
  const sockets = new Set<Socket>();
  // Also those that have not shaken hands yet: the server would wait for them.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, 'listening');
  server.on('error', () => undefined);
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
