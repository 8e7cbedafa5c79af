import type { Hop, SipUri } from '../sip/message/message.ts';

/** Where one phone of an address of record is to be found (RFC 3261 §10). */
export interface Binding {
  contact: SipUri;
  /** From 0 to 1000 thousandths: phones of a higher one are rung first (§20.10). */
  q: number;
  /** Date.now() at which it is forgotten. */
  expiresAt: number;
  /** The REGISTER that made it: an older one changes nothing (§10.3, step 7). */
  callId: string;
  cseq: number;
  /**
   * Where requests go: to where the REGISTER came from. Behind NAT nothing else gets through
   * (RFC 3581, RFC 5626 §3); elsewhere it is the phone's own address anyhow.
   */
  source: Hop;
  /** The proxies on the way to it, as values of Route (RFC 3327); the first one is at `source`. */
  path: readonly string[];
}

/** A REGISTER's order for one contact; `seconds` 0: remove it. */
export interface Registering {
  contact: SipUri;
  q: number;
  seconds: number;
  callId: string;
  cseq: number;
  source: Hop;
  path: readonly string[];
}

/** More phones than this for one address of record are a mistake, or an attack. */
export const MAX_BINDINGS = 10;

/**
 * Which phones are where. In memory only: phones register again within minutes, and after a restart
 * what was written down would send calls to connections that are gone.
 */
export class Bindings {
  readonly #all = new Map<string, Binding[]>();

  /** Those of an address of record (user@domain) that have not expired, the highest q first. */
  of(aor: string, now: number): Binding[] {
    const fresh = (this.#all.get(aor) ?? []).filter(({ expiresAt }) => expiresAt > now);
    this.#keep(aor, fresh);
    return [...fresh].sort((one, other) => other.q - one.q);
  }

  /**
   * Carries out the orders of one REGISTER, all or none of them. stale: a newer one was here before.
   * full: more phones than may be.
   */
  change(aor: string, orders: readonly Registering[], now: number): 'done' | 'stale' | 'full' {
    let kept = this.of(aor, now);
    for (const order of orders) {
      const before = kept.find(({ contact }) => sameContact(contact, order.contact));
      if (before?.callId === order.callId && before.cseq >= order.cseq) return 'stale';
      kept = kept.filter((one) => one !== before);
      const { seconds, ...binding } = order;
      if (seconds > 0) kept.push({ ...binding, expiresAt: now + seconds * 1000 });
    }
    if (kept.length > MAX_BINDINGS) return 'full';
    this.#keep(aor, kept);
    return 'done';
  }

  /** `Contact: *`: all that an older REGISTER of theirs made. */
  clear(
    aor: string,
    { callId, cseq }: Pick<Binding, 'callId' | 'cseq'>,
    now: number,
  ): 'done' | 'stale' {
    const stale = (one: Binding) => one.callId === callId && one.cseq >= cseq;
    if (this.of(aor, now).some(stale)) return 'stale';
    this.#all.delete(aor);
    return 'done';
  }

  /** The phone is not where it said. */
  drop(aor: string, binding: Binding): void {
    const kept = (this.#all.get(aor) ?? []).filter((one) => one !== binding);
    this.#keep(aor, kept);
  }

  /** How many phones are registered. */
  count(now: number): number {
    return [...this.#all.keys()].reduce((sum, aor) => sum + this.of(aor, now).length, 0);
  }

  #keep(aor: string, bindings: Binding[]): void {
    if (bindings.length === 0) this.#all.delete(aor);
    else this.#all.set(aor, bindings);
  }
}

/** RFC 3261 §19.1.4, as far as contacts of phones need it. */
function sameContact(one: SipUri, other: SipUri): boolean {
  const transport = ({ parameters }: SipUri) => parameters.get('transport')?.toLowerCase() ?? null;
  return (
    one.scheme === other.scheme &&
    one.user === other.user &&
    one.host === other.host &&
    one.port === other.port &&
    transport(one) === transport(other)
  );
}
