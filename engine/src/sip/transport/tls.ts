import type { Socket } from 'node:net';
import { connect, createServer } from 'node:tls';
import type { Hop } from '../message/message.ts';
import { listening, type Listening } from './tcp.ts';

/** Our own certificate and its key, in PEM. */
export interface TlsIdentity {
  port: number;
  cert: string;
  key: string;
}

/** Whoever has not shaken hands by then never will. */
const HANDSHAKE_MS = 10_000;

/** Listens for TLS connections. Rejects when the port is taken or the certificate cannot be used. */
export async function listenTls(
  host: string,
  { port, cert, key }: TlsIdentity,
  accept: (socket: Socket) => void,
): Promise<Listening> {
  const options = { cert, key, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_MS } as const;
  const server = createServer(options, accept);
  // A peer that fails to shake hands is its own loss; nothing of ours hangs on it.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return listening(server, host, port);
}

/**
 * Stands when it says `secureConnect`: then the certificate is signed by whom we trust and carries
 * the hop's name (RFC 5922 §7.2), or its address where there is no name.
 */
export function connectTls({ address, port, serverName, ca }: Hop): Socket {
  return connect({
    host: address,
    port,
    minVersion: 'TLSv1.2',
    // SNI is for names only (RFC 6066 §3); without one the certificate is held against the address.
    ...(serverName === null ? {} : { servername: serverName }),
    ...(ca ? { ca } : {}),
  });
}
