import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import type { App } from './app-type.ts';

/** The Voice SDK's address for its signalling; it cannot be chosen. */
const PATH = '/signal';

/**
 * Passes the browser's signalling socket on to the carrier, so that one public port is enough. The
 * bytes go through as they are: what is said is between the two. Every other upgrade is refused.
 */
export function installSignalPassThrough(app: App, upstream: string | null): void {
  const sockets = new Set<Duplex>();
  const keep = (socket: Duplex) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A connection that breaks is closed with its counterpart below; there is nothing to repair.
    socket.on('error', (error) => {
      app.log.debug({ err: error }, 'a signalling connection broke');
    });
  };

  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    keep(socket);
    if (upstream === null || pathOf(request) !== PATH) {
      refuse(socket, '404 Not Found');
      return;
    }
    const onward = openOnward(upstream, request);
    socket.once('close', () => onward.destroy());
    onward.once('upgrade', (answer, upstreamSocket, upstreamHead) => {
      keep(upstreamSocket);
      socket.write(statusAndHeaders(answer));
      socket.write(upstreamHead);
      upstreamSocket.write(head);
      socket.pipe(upstreamSocket).pipe(socket);
      socket.once('close', () => upstreamSocket.destroy());
      upstreamSocket.once('close', () => socket.destroy());
    });
    onward.once('response', (answer) => {
      refuse(socket, `${answer.statusCode ?? 502} ${answer.statusMessage ?? ''}`);
      answer.resume();
    });
    onward.once('error', (error) => {
      app.log.warn({ err: error }, 'the carrier takes no signalling connection');
      refuse(socket, '502 Bad Gateway');
    });
    onward.end();
  });

  app.addHook('preClose', async () => {
    for (const socket of sockets) socket.destroy();
  });
}

function openOnward(upstream: string, { url, headers }: IncomingMessage) {
  const target = new URL(url ?? '/', upstream.replace(/^ws/, 'http'));
  const open = target.protocol === 'https:' ? httpsRequest : httpRequest;
  // Our cookies are for us only.
  const { cookie: _, ...passedOn } = headers;
  return open(target, { headers: { ...passedOn, host: target.host } });
}

function statusAndHeaders({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode ?? 101} ${statusMessage ?? ''}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    lines.push(`${rawHeaders[at] ?? ''}: ${rawHeaders[at + 1] ?? ''}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function refuse(socket: Duplex, status: string): void {
  if (socket.writable)
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function pathOf({ url }: IncomingMessage): string {
  return (url ?? '').split('?', 1)[0] ?? '';
}
