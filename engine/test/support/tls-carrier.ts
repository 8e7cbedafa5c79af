import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';

export interface TlsCarrier {
  readonly port: number;
  close(): Promise<void>;
}

/** A carrier that speaks SIP over TLS (Debian's sipp does not) and answers all OPTIONS. */
export async function openTlsCarrier(identity: { cert: string; key: string }): Promise<TlsCarrier> {
  const sockets = new Set<TLSSocket>();
  const server = createServer(identity, (socket) => {
    sockets.add(socket);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      text += part;
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = text.slice(0, end).split('\r\n');
      text = text.slice(end + 4);
      if (head[0]?.startsWith('OPTIONS ')) socket.write(okTo(head));
    });
    // Whoever does not trust our certificate goes away without a word.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** RFC 3261 §8.2.6.2: these lines are copied. */
function okTo(head: string[]): string {
  const copied = head.filter((line) => /^(via|from|to|call-id|cseq):/i.test(line));
  return ['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', ''].join('\r\n');
}
