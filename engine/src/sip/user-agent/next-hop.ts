import { isIP } from 'node:net';
import type { Hop, SipUri, TransportName } from '../message/message.ts';
import type { Resolve } from '../transport/resolve.ts';

/**
 * Where a request within a dialog is sent to (RFC 3261 §8.1.2, RFC 3263), given whom we have been
 * talking to. A name is looked up; an address is taken as it is, with two exceptions:
 *
 * - An open connection with that host is used again, whatever port its Contact names: a phone
 *   behind NAT can be reached by no other.
 * - A private address said by a peer at a public one leads nowhere from here: the peer is asked
 *   (what RFC 3581 does for answers).
 */
export function nextHops(
  uri: SipUri,
  peer: Hop,
  resolve: Resolve,
): readonly Hop[] | Promise<readonly Hop[]> {
  const said = uri.parameters.get('transport')?.toLowerCase();
  const transport = transportOf(uri, said, peer);
  const samePlace = uri.host === peer.address || uri.host === peer.serverName?.toLowerCase();
  if (samePlace && transport === peer.transport && transport !== 'udp') return [peer];
  const target = { host: uri.host, port: uri.port, transport, ca: peer.ca ?? null };
  if (isIP(uri.host) === 0) return resolve(target);
  if (isPrivate(uri.host) && !isPrivate(peer.address)) return [peer];
  const port = uri.port ?? (transport === 'tls' ? 5061 : 5060);
  return [{ transport, address: uri.host, port, serverName: null, ca: peer.ca ?? null }];
}

/**
 * The same for a dialog whose connection ended with the process that had it: who keeps the port of
 * that connection is not known, so the one that the URI names is tried first. Of UDP nothing is lost.
 */
export function hopsAnew(uri: SipUri, hops: readonly Hop[]): readonly Hop[] {
  return hops.flatMap((hop) => {
    const port = uri.port ?? (hop.transport === 'tls' ? 5061 : 5060);
    const same = hop.transport === 'udp' || uri.host !== hop.address || port === hop.port;
    return same ? [hop] : [{ ...hop, port }, hop];
  });
}

/** RFC 3263 §4.1: UDP where an address says nothing, but not past a connection that we have. */
function transportOf(uri: SipUri, said: string | undefined, peer: Hop): TransportName {
  if (uri.scheme === 'sips' || said === 'tls') return 'tls';
  if (said === 'tcp') return peer.transport === 'tls' && uri.host === peer.address ? 'tls' : 'tcp';
  if (said === undefined && uri.host === peer.address) return peer.transport;
  return 'udp';
}

/** RFC 1918, RFC 6598, loopback and link-local; of IPv6 fc00::/7, fe80::/10 and ::1. */
function isPrivate(address: string): boolean {
  if (address.includes(':')) return /^(f[cd]|fe[89ab]|::1$)/i.test(address);
  const [a = 0, b = 0] = address.split('.').map(Number);
  if (a === 10 || a === 127) return true;
  if (a === 172) return b >= 16 && b < 32;
  if (a === 192) return b === 168;
  if (a === 169) return b === 254;
  return a === 100 && b >= 64 && b < 128;
}
