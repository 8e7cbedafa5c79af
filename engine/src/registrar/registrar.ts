import {
  addressesOf,
  cseqOf,
  callIdOf,
  contactsOf,
  expiresOf,
  isContactStar,
  toOf,
} from '../sip/message/fields.ts';
import { writeNameAddress } from '../sip/message/address.ts';
import type { NameAddress, SipUri } from '../sip/message/message.ts';
import { reasonOf } from '../sip/message/reasons.ts';
import type { ForeignRequest } from '../sip/user-agent/calls.ts';
import type { Authentication } from './authentication.ts';
import type { Binding, Bindings, Registering } from './bindings.ts';
import type { Directory } from './directory.ts';
import type { SipDomainRecord } from './sip-records.ts';

/** RFC 3261 §10.3 leaves the bounds to the registrar. */
const MIN_SECONDS = 60;
const MAX_SECONDS = 3600;
/** §10.2.1.1: what counts where the phone says nothing. */
const DEFAULT_SECONDS = 3600;

/** Takes the registrations of agents' phones (RFC 3261 §10.3). */
export class Registrar {
  readonly #directory: Directory;
  readonly #authentication: Authentication;
  readonly #bindings: Bindings;

  constructor(directory: Directory, authentication: Authentication, bindings: Bindings) {
    this.#directory = directory;
    this.#authentication = authentication;
    this.#bindings = bindings;
  }

  /** False: it is nothing for us, and gets no answer at all. */
  take(request: ForeignRequest): boolean {
    if (request.method !== 'REGISTER') return false;
    const { uri } = toOf(request);
    const domain = this.#directory.domain(uri.host);
    if (domain === undefined) return false;
    this.#register(request, domain, uri);
    return true;
  }

  #register(request: ForeignRequest, domain: SipDomainRecord, { user }: SipUri): void {
    if (!domain.sipRegistration) return request.respond(403, 'Forbidden');
    const proof = this.#authentication.check(request, domain, 'register');
    if (!proof.ok) return request.respond(proof.status, reasonOf(proof.status), proof.headers);
    // §10.3, step 4: one phone cannot take the calls of another.
    if (user !== proof.username) return request.respond(403, 'Forbidden');
    const aor = aorOf(user, domain);
    const now = Date.now();
    const outcome = isContactStar(request)
      ? this.#clear(request, aor, now)
      : this.#bind(request, aor, now);
    if (outcome !== null) return request.respond(...outcome);
    const contacts = this.#bindings
      .of(aor, now)
      .map((one) => ['Contact', writeNameAddress(asContact(one, now))] as const);
    // RFC 3327 §5.3: the proxies see what was understood.
    const path = pathOf(request).map((one) => ['Path', one] as const);
    request.respond(200, 'OK', [...contacts, ...path]);
  }

  /** What went wrong, or null. */
  #clear(request: ForeignRequest, aor: string, now: number): Refusal | null {
    // §10.3, step 6: with * only the end of everything may be asked for.
    if (expiresOf(request) !== 0) return [400, 'Expires Must Be 0'];
    const order = { callId: callIdOf(request), cseq: cseqOf(request).number };
    return this.#bindings.clear(aor, order, now) === 'done' ? null : STALE;
  }

  #bind(request: ForeignRequest, aor: string, now: number): Refusal | null {
    const orders = contactsOf(request).map((contact) => orderOf(request, contact));
    if (orders.some(({ seconds }) => seconds > 0 && seconds < MIN_SECONDS)) {
      return [423, 'Interval Too Brief', [['Min-Expires', String(MIN_SECONDS)]]];
    }
    switch (this.#bindings.change(aor, orders, now)) {
      case 'done':
        return null;
      case 'stale':
        return STALE;
      case 'full':
        return [403, 'Too Many Phones'];
    }
  }
}

/** The name under which a user's phones are kept. */
export function aorOf(user: string, { domainName }: Pick<SipDomainRecord, 'domainName'>): string {
  return `${user}@${domainName}`;
}

type Refusal = Parameters<ForeignRequest['respond']>;

/** §10.3, step 7: the update is not carried out. */
const STALE: Refusal = [500, 'Out Of Order'];

function orderOf(request: ForeignRequest, contact: NameAddress): Registering {
  const asked = expiresOf(request, contact) ?? DEFAULT_SECONDS;
  const q = Number(contact.parameters.get('q') ?? '1');
  const { transport, address, port, serverName } = request.source;
  return {
    contact: contact.uri,
    q: q >= 0 && q <= 1 ? Math.round(q * 1000) : 1000,
    seconds: Math.min(asked, MAX_SECONDS),
    callId: callIdOf(request),
    cseq: cseqOf(request).number,
    source: { transport, address, port, serverName },
    path: pathOf(request),
  };
}

function pathOf(request: ForeignRequest): string[] {
  return addressesOf(request, 'Path').map(writeNameAddress);
}

function asContact({ contact, expiresAt }: Binding, now: number): NameAddress {
  const expires = String(Math.max(1, Math.ceil((expiresAt - now) / 1000)));
  return { display: null, uri: contact, parameters: new Map([['expires', expires]]) };
}
