import type { SipRequest, Source } from '../message/message.ts';
import { replaceTopVia, topVia, type Via } from '../message/via.ts';

/**
 * Notes in a request's top Via where it really came from (RFC 3261 §18.2.1, RFC 3581 §4), and says
 * where its answers go.
 */
export function stampVia(request: SipRequest, source: Source): Source {
  const via = topVia(request.headers);
  const rport = via.parameters.has('rport');
  if (rport || via.host !== source.address) {
    const parameters = new Map(via.parameters).set('received', source.address);
    if (rport) parameters.set('rport', String(source.port));
    replaceTopVia(request.headers, { ...via, parameters });
  }
  // §18.2.2: over a connection answers go back on it. A datagram's go to the port in sent-by, but
  // to where it came from if it asks for that.
  if (source.transport !== 'udp' || rport) return source;
  return { ...source, port: sentByPort(via) };
}

/** §18.1.1: the port that a Via names, or the transport's own. */
export function sentByPort({ port, transport }: Via): number {
  return port ?? (transport === 'TLS' ? 5061 : 5060);
}
