import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Hop } from '../message/message.ts';

/** Listens for TCP connections. Rejects when the port is taken. */
export function listenTcp(
  host: string,
  port: number,
  accept: (socket: Socket) => void,
): Promise<Server> {
  return listening(createServer(accept), host, port);
}

/** Stands when it says `connect`. */
export function connectTcp(hop: Hop): Socket {
  return connect(hop.port, hop.address);
}

/** Strangers may open so many at once, and no more; phones need one each. */
const MAX_CONNECTIONS = 5000;

/** Resolves when the server listens; what goes wrong later concerns one connection only. */
export function listening<S extends Server>(server: S, host: string, port: number): Promise<S> {
  return new Promise((resolve, reject) => {
    server.maxConnections = MAX_CONNECTIONS;
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve(server);
    });
  });
}
