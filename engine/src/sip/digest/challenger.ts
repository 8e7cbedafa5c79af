import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SipRequest } from '../message/message.ts';
import { SipSyntaxError } from '../message/syntax-error.ts';
import { parseUri } from '../message/uri.ts';
import { parseDigest, writeDigest } from './auth-parameters.ts';
import { digestResponse, type Qop } from './digest.ts';

/** What a server offers, the one it likes best first (RFC 8760 §2.4). */
const OFFERED = ['SHA-256', 'MD5'] as const;
export type OfferedAlgorithm = (typeof OFFERED)[number];

/** `secretHash` of that user in this realm; null: no such user. */
export type SecretOf = (username: string, algorithm: OfferedAlgorithm) => string | null;

export type Verdict =
  | { kind: 'admitted'; username: string }
  /** No credentials, or none for this realm: challenge. */
  | { kind: 'none' }
  /** They may be right, but their nonce is too old, or counted already: challenge with `stale`. */
  | { kind: 'stale' }
  /** They are wrong, or no grammar. */
  | { kind: 'refused'; username: string | null };

const NONCE_MS = 5 * 60_000;
const TIME_BYTES = 6;
const SALT_BYTES = 8;
const SEAL_BYTES = 16;

export interface ChallengerOptions {
  now?: () => number;
  offered?: readonly OfferedAlgorithm[];
  key?: Buffer;
}

/**
 * The server's side of digest authentication (RFC 7616 §3.3, RFC 3261 §22). A nonce is a time under
 * a seal of ours, so nothing is kept for strangers; of admitted users each nonce's last count is.
 */
export class Challenger {
  readonly realm: string;
  readonly #now: () => number;
  readonly #offered: readonly OfferedAlgorithm[];
  readonly #key: Buffer;
  /** By nonce, in the order of their first use. */
  readonly #counts = new Map<string, { nc: number; until: number }>();

  /** Who has the same `key` takes each other's nonces; absent: nobody else does. */
  constructor(
    realm: string,
    { now = Date.now, offered = OFFERED, key = randomBytes(32) }: ChallengerOptions = {},
  ) {
    this.realm = realm;
    this.#offered = offered;
    this.#now = now;
    this.#key = key;
  }

  /** Values of WWW-Authenticate, one header each. */
  challenge(stale = false): string[] {
    const nonce = this.#newNonce();
    return this.#offered.map((algorithm) =>
      writeDigest([
        ['realm', this.realm],
        ['nonce', nonce],
        ['qop', 'auth'],
        ['algorithm', algorithm, 'bare'],
        ['stale', stale ? 'true' : null, 'bare'],
      ]),
    );
  }

  /** Looks at the Authorization headers of a request. Never throws. */
  verify(request: SipRequest, secretOf: SecretOf): Verdict {
    for (const value of request.headers.all('Authorization')) {
      const parameters = parseDigest(value);
      if (parameters === null) return { kind: 'refused', username: null };
      if (parameters.get('realm') === this.realm) return this.#judge(request, parameters, secretOf);
    }
    return { kind: 'none' };
  }

  #judge(
    request: SipRequest,
    parameters: ReadonlyMap<string, string>,
    secretOf: SecretOf,
  ): Verdict {
    const username = parameters.get('username') ?? null;
    const refused: Verdict = { kind: 'refused', username };
    const name = (parameters.get('algorithm') ?? 'MD5').toUpperCase();
    const algorithm = OFFERED.find((one) => one === name);
    const nonce = parameters.get('nonce') ?? '';
    const nc = parameters.get('nc') ?? '';
    const qop: Qop = parameters.get('qop') === 'auth' ? 'auth' : null;
    // We always ask for qop: without it a request that was overheard could be sent again.
    if (username === null || algorithm === undefined || qop === null) return refused;
    if (!/^[0-9a-f]{8}$/i.test(nc) || !isFor(request, parameters.get('uri'))) return refused;
    const age = this.#ageOf(nonce);
    if (age === null) return { kind: 'stale' };
    const secret = secretOf(username, algorithm);
    const { method, body } = request;
    const expected = digestResponse(secret ?? '', {
      ...{ algorithm, method, nonce, qop, nc, body },
      uri: parameters.get('uri') ?? '',
      cnonce: parameters.get('cnonce') ?? '',
    });
    // An unknown user costs the same time as a wrong password.
    const right = equal(expected, (parameters.get('response') ?? '').toLowerCase());
    if (!right || secret === null) return refused;
    return this.#count(nonce, parseInt(nc, 16), age)
      ? { kind: 'admitted', username }
      : { kind: 'stale' };
  }

  /** Whether this count is higher than all before it (RFC 7616 §3.4: `nc`). */
  #count(nonce: string, nc: number, age: number): boolean {
    const now = this.#now();
    for (const [old, { until }] of this.#counts) {
      if (until > now) break;
      this.#counts.delete(old);
    }
    const last = this.#counts.get(nonce);
    if (last !== undefined && nc <= last.nc) return false;
    if (last !== undefined) last.nc = nc;
    else this.#counts.set(nonce, { nc, until: now - age + NONCE_MS });
    return true;
  }

  #newNonce(): string {
    const bytes = Buffer.alloc(TIME_BYTES + SALT_BYTES);
    bytes.writeUIntBE(this.#now(), 0, TIME_BYTES);
    randomBytes(SALT_BYTES).copy(bytes, TIME_BYTES);
    return Buffer.concat([bytes, this.#seal(bytes)]).toString('base64url');
  }

  /** Milliseconds; null: not one of ours, or too old. */
  #ageOf(nonce: string): number | null {
    const bytes = Buffer.from(nonce, 'base64url');
    if (bytes.length !== TIME_BYTES + SALT_BYTES + SEAL_BYTES) return null;
    const made = bytes.subarray(0, TIME_BYTES + SALT_BYTES);
    if (!timingSafeEqual(bytes.subarray(made.length), this.#seal(made))) return null;
    const age = this.#now() - made.readUIntBE(0, TIME_BYTES);
    // Text that decodes to the same bytes is another nonce: it would count from 1 again.
    return age <= NONCE_MS && bytes.toString('base64url') === nonce ? age : null;
  }

  #seal(bytes: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(bytes).digest().subarray(0, SEAL_BYTES);
  }
}

/** Whether digest-uri names what the request is for (RFC 3261 §22.4); ports and parameters may differ. */
function isFor(request: SipRequest, uri: string | undefined): boolean {
  if (uri === undefined) return false;
  try {
    const { user, host } = parseUri(uri);
    return user === request.uri.user && host === request.uri.host;
  } catch (error) {
    if (error instanceof SipSyntaxError) return false;
    throw error;
  }
}

function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
