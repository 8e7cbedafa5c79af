import { randomBytes } from 'node:crypto';
import type { SipResponse } from '../message/message.ts';
import { parseDigest, writeDigest } from './auth-parameters.ts';
import { algorithmOf, digestResponse, secretHash, type Algorithm, type Qop } from './digest.ts';

/** A challenge that we can answer. */
export interface Challenge {
  /** Where its answer goes: to the proxy that asked (407), or to the far end (401). */
  header: 'Authorization' | 'Proxy-Authorization';
  realm: string;
  nonce: string;
  opaque: string | null;
  algorithm: Algorithm;
  /** As it was named; null: it was not, and is not in the answer either. */
  algorithmName: string | null;
  qop: Qop;
  /** The credentials were right, but the nonce is too old: worth another try (RFC 7616 §3.3). */
  stale: boolean;
}

/** The request that is to be let in. */
export interface RequestFacts {
  method: string;
  /** The Request-URI as text. */
  uri: string;
  body: Uint8Array;
}

/**
 * The challenges of a 401 or 407 that we have an answer to, in the server's order: it prefers the
 * first (RFC 8760 §2.4). Empty: there is none.
 */
export function challengesOf(response: SipResponse): Challenge[] {
  const proxy = response.status === 407;
  return response.headers
    .all(proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate')
    .map((value) => parseChallenge(value, proxy))
    .filter((challenge) => challenge !== null);
}

/**
 * The header that answers the first of them; null when there is none. `nc` counts the requests with
 * this nonce, from 1. `cnonce` is random but in tests.
 */
export function answerChallenge(
  challenges: readonly Challenge[],
  { method, uri, body }: RequestFacts,
  { username, password }: { username: string; password: string },
  nc = 1,
  cnonce = randomBytes(12).toString('hex'),
): { name: Challenge['header']; value: string } | null {
  const challenge = challenges[0];
  if (challenge === undefined) return null;
  const { realm, nonce, opaque, algorithm, algorithmName, qop } = challenge;
  const count = nc.toString(16).padStart(8, '0');
  const response = digestResponse(secretHash(algorithm, username, realm, password), {
    ...{ algorithm, method, uri, nonce, qop, cnonce, body },
    nc: count,
  });
  // Without qop there is no cnonce either (RFC 2617 §3.2.2), unless the algorithm is made of it.
  const needsCnonce = qop !== null || algorithm.endsWith('-sess');
  const value = writeDigest([
    ['username', username],
    ['realm', realm],
    ['nonce', nonce],
    ['uri', uri],
    ['response', response],
    ['algorithm', algorithmName, 'bare'],
    ['cnonce', needsCnonce ? cnonce : null],
    ['opaque', opaque],
    ['qop', qop, 'bare'],
    ['nc', qop === null ? null : count, 'bare'],
  ]);
  return { name: challenge.header, value };
}

function parseChallenge(value: string, proxy: boolean): Challenge | null {
  const parameters = parseDigest(value);
  const realm = parameters?.get('realm');
  const nonce = parameters?.get('nonce');
  if (parameters === null || realm === undefined || nonce === undefined) return null;
  const algorithmName = parameters.get('algorithm') ?? null;
  const algorithm = algorithmOf(algorithmName ?? 'MD5');
  const qop = chooseQop(parameters.get('qop'));
  if (algorithm === null || qop === undefined) return null;
  return {
    ...{ realm, nonce, algorithm, algorithmName, qop },
    header: proxy ? 'Proxy-Authorization' : 'Authorization',
    opaque: parameters.get('opaque') ?? null,
    stale: parameters.get('stale')?.toLowerCase() === 'true',
  };
}

/** `auth` where we may choose: bodies are rewritten on the way more often than not. Undefined: none of ours. */
function chooseQop(offered: string | undefined): Qop | undefined {
  if (offered === undefined) return null;
  const options = offered.split(',').map((option) => option.trim().toLowerCase());
  if (options.includes('auth')) return 'auth';
  return options.includes('auth-int') ? 'auth-int' : undefined;
}
