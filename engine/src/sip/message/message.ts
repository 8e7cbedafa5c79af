import type { Headers } from './headers.ts';

/** RFC 3261 §19.1. `tel:` addresses (RFC 3966) keep their number in `user` and have an empty host. */
export interface SipUri {
  scheme: 'sip' | 'sips' | 'tel';
  /** Unescaped; null: none. */
  user: string | null;
  /** Lower case; IPv6 without brackets. */
  host: string;
  port: number | null;
  /** Names in lower case; null: a parameter without a value. */
  parameters: ReadonlyMap<string, string | null>;
}

/** From, To, Contact, Route … (RFC 3261 §20.10). */
export interface NameAddress {
  /** Without quotes; null: none. */
  display: string | null;
  uri: SipUri;
  /** The header's own, behind the >: tag, expires, q … Names in lower case. */
  parameters: ReadonlyMap<string, string | null>;
}

export interface SipRequest {
  kind: 'request';
  /** Upper case as it came: methods are case-sensitive (§7.1). */
  method: string;
  uri: SipUri;
  headers: Headers;
  body: Buffer;
}

export interface SipResponse {
  kind: 'response';
  /** 100–699. */
  status: number;
  reason: string;
  headers: Headers;
  body: Buffer;
}

export type SipMessage = SipRequest | SipResponse;

export type TransportName = 'udp' | 'tcp' | 'tls';

/** Where a message is sent to: always an address, never a name. */
export interface Hop {
  transport: TransportName;
  address: string;
  port: number;
  /** TLS: the name that the certificate must carry. */
  serverName: string | null;
  /** TLS: PEM of the authority that must have signed it; null or absent: those that Node trusts. */
  ca?: string | null;
}

/** Where a request came from, and the way its answers go back (RFC 3261 §18.2.2, RFC 3581). */
export interface Source extends Hop {
  /** Our own port that it came in at. */
  localPort: number;
}
