import { answerChallenge, challengesOf, type Challenge } from '../digest/answer.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { writeUri } from '../message/write.ts';
import type { Credentials } from './calls.ts';

/** More stale nonces than this are no accident. */
const MOST_STALE = 4;

/**
 * Credentials, and the challenges that they have been asked for so far: of one call, with all its
 * dialogs, or of one registration. What was asked once is answered unasked from then on
 * (RFC 3261 §22.2, RFC 7616 §3.6).
 */
export class Authority {
  readonly #credentials: () => Credentials | null;
  /** By header and realm. `count`: requests with this nonce. */
  readonly #known = new Map<string, { challenge: Challenge; count: number }>();

  constructor(credentials: () => Credentials | null) {
    this.#credentials = credentials;
  }

  /** Puts on what the challenges so far ask for. */
  sign(request: SipRequest): void {
    const credentials = this.#credentials();
    if (credentials === null) return;
    const facts = { method: request.method, uri: writeUri(request.uri), body: request.body };
    for (const known of this.#known.values()) {
      known.count += 1;
      const answer = answerChallenge([known.challenge], facts, credentials, known.count);
      if (answer !== null) request.headers.append(answer.name, answer.value);
    }
  }

  /**
   * Takes in a 401 or 407. Whether it makes sense to send the request again: `answered` holds what
   * was answered for it already. A realm that refuses what it asked for has refused the
   * credentials, unless it says that only the nonce was too old (§22.1, RFC 7616 §3.3).
   */
  challenged(response: SipResponse, answered: Set<string>): boolean {
    const challenge = challengesOf(response)[0];
    if (this.#credentials() === null || challenge === undefined) return false;
    const { header, realm, nonce, stale } = challenge;
    const key = `${header} ${realm}`;
    const withNonce = `${key} ${nonce}`;
    const goOn = stale && !answered.has(withNonce) && answered.size <= MOST_STALE;
    if (answered.has(key) && !goOn) return false;
    answered.add(key).add(withNonce);
    this.#known.set(key, { challenge, count: 0 });
    return true;
  }
}
