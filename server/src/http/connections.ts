import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { App } from './app-type.ts';

/** The connections that made a request, on whichever of our addresses. */
export interface Connections {
  /** Waits for the answers under way, no longer than this, then closes every connection. */
  end(withinMs: number): Promise<void>;
}

/**
 * "localhost" is two addresses and so two servers, of which fastify waits for one only when it
 * closes: a browser's kept connection to the other would keep the process alive.
 */
export function watchConnections(app: App): Connections {
  const answers = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  let quiet: (() => void) | null = null;

  app.addHook('onRequest', async ({ raw: { socket } }, { raw: answer }) => {
    answers.add(answer);
    answer.once('close', () => {
      answers.delete(answer);
      if (answers.size === 0) quiet?.();
    });
    if (sockets.has(socket)) return;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  return {
    async end(withinMs) {
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
