import { createHmac } from 'node:crypto';
import { Challenger } from '../sip/digest/challenger.ts';
import type { SipRequest, Source } from '../sip/message/message.ts';
import { REALM } from './credentials.ts';
import type { Directory } from './directory.ts';
import { Guesses } from './guesses.ts';
import type { CredentialRecord, SipDomainRecord } from './sip-records.ts';

/** Who sent a request; or the refusal, with what its sender needs for the next try. */
export type Proof =
  | { ok: true; username: string }
  | { ok: false; status: 401 | 403; headers: readonly (readonly [name: string, value: string])[] };

/** Asks phones to prove who they are (RFC 3261 §22), by the credential lists of their domain. */
export class Authentication {
  readonly #directory: Directory;
  readonly #challenger: Challenger;
  readonly #guesses = new Guesses();

  /** Engines of one account stand behind one proxy: a phone may answer one's challenge to another. */
  constructor(directory: Directory, authToken: string) {
    this.#directory = directory;
    // RFC 8760 §2.4 would offer SHA-256 too, before MD5. Tried with real ones: libre 1.1 (baresip)
    // gives up at any challenge that it does not know, in whatever order; sipp 3.6 looks at the first
    // only. So it is MD5 alone. Whoever answers with SHA-256 unasked is let in.
    const offered = ['MD5'] as const;
    const key = createHmac('sha256', authToken).update('nonces of agents’ phones').digest();
    this.#challenger = new Challenger(REALM, { offered, key });
  }

  check(
    request: Pick<SipRequest, 'method' | 'uri' | 'headers'> & { source: Pick<Source, 'address'> },
    domain: SipDomainRecord,
    to: 'call' | 'register',
  ): Proof {
    const { method, uri, headers, source } = request;
    // Only auth-int reads the body, and we ask for auth.
    const asked: SipRequest = { kind: 'request', method, uri, headers, body: NO_BODY };
    const now = Date.now();
    const guesser = ({ sid }: CredentialRecord) => `${source.address} ${sid}`;
    const verdict = this.#challenger.verify(asked, (username, algorithm) => {
      const known = this.#directory.credential(domain, to, username);
      if (known === undefined || this.#guesses.tooMany(guesser(known), now)) return null;
      return known.ha1[algorithm];
    });
    if (verdict.kind === 'admitted') return { ok: true, username: verdict.username };
    if (verdict.kind === 'refused') {
      const { username } = verdict;
      const known =
        username === null ? undefined : this.#directory.credential(domain, to, username);
      // Whoever is not known has nothing that could be guessed.
      if (known !== undefined) this.#guesses.add(guesser(known), now);
      // A new challenge would only let a phone with a wrong password try again and again.
      return { ok: false, status: 403, headers: [] };
    }
    const challenges = this.#challenger.challenge(verdict.kind === 'stale');
    const lines = challenges.map((value) => ['WWW-Authenticate', value] as const);
    return { ok: false, status: 401, headers: lines };
  }
}

const NO_BODY = Buffer.alloc(0);
