import { createHash } from 'node:crypto';

/** Algorithms of RFC 7616 §3.2 and RFC 8760; the names are compared without case. */
const HASHES = {
  MD5: 'md5',
  'MD5-sess': 'md5',
  'SHA-256': 'sha256',
  'SHA-256-sess': 'sha256',
  'SHA-512-256': 'sha512-256',
  'SHA-512-256-sess': 'sha512-256',
} as const;

export type Algorithm = keyof typeof HASHES;
/** Null: RFC 2069's way, without a client's nonce. */
export type Qop = 'auth' | 'auth-int' | null;

/** What is proved to be known about one request. */
export interface Proof {
  algorithm: Algorithm;
  method: string;
  /** digest-uri, as it stands in the header. */
  uri: string;
  nonce: string;
  qop: Qop;
  /** Eight hex digits; not used without qop. */
  nc: string;
  cnonce: string;
  /** Counts for auth-int only. */
  body: Uint8Array;
}

/** Null: none that is known here. */
export function algorithmOf(name: string): Algorithm | null {
  const lower = name.toLowerCase();
  const names = Object.keys(HASHES) as Algorithm[];
  return names.find((one) => one.toLowerCase() === lower) ?? null;
}

/**
 * H(username:realm:password), hex (RFC 7616 §3.4.2): all that a server has to keep of a password. The
 * `-sess` forms begin with the same.
 */
export function secretHash(
  algorithm: Algorithm,
  username: string,
  realm: string,
  password: string,
): string {
  return hash(algorithm, `${username}:${realm}:${password}`);
}

/** The response, hex (§3.4.1). `secret` is what `secretHash` gives. */
export function digestResponse(secret: string, proof: Proof): string {
  const { algorithm, method, uri, nonce, qop, nc, cnonce, body } = proof;
  const session = algorithm.endsWith('-sess');
  const a1 = session ? hash(algorithm, `${secret}:${nonce}:${cnonce}`) : secret;
  const entity = qop === 'auth-int' ? ':' + hash(algorithm, body) : '';
  const a2 = hash(algorithm, `${method}:${uri}${entity}`);
  const middle = qop === null ? nonce : `${nonce}:${nc}:${cnonce}:${qop}`;
  return hash(algorithm, `${a1}:${middle}:${a2}`);
}

function hash(algorithm: Algorithm, data: string | Uint8Array): string {
  return createHash(HASHES[algorithm]).update(data).digest('hex');
}
