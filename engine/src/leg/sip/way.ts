import type { Hop, NameAddress, SipUri } from '../../sip/message/message.ts';
import type { Credentials } from '../../sip/user-agent/calls.ts';
import type { Unconnected } from '../../trunk/failure.ts';
import type { SoundTerms } from './sip-sound.ts';

/** One way to reach somebody: one INVITE, over a trunk, to a registered phone, or to an address. */
export interface Way {
  /** The Request-URI. */
  uri: SipUri;
  from: NameAddress;
  to: NameAddress;
  /** In order (RFC 3263). Rejects, with words for people, when the name leads nowhere. */
  hops(): Promise<readonly Hop[]>;
  /** What is too large for a datagram may go by TCP: nobody has asked for UDP. */
  largeByTcp: boolean;
  /** Route headers: the proxies on the way (RFC 3261 §8.1.1.1). */
  routes: readonly string[];
  credentials: Credentials | null;
  /** Null: over no trunk. */
  trunkSid: string | null;
  /** More headers: X-… and the like. */
  headers: readonly (readonly [name: string, value: string])[];
  terms: SoundTerms;
  /** The same one with other terms, where it refuses what these offer; null: it has no others. */
  otherwise: Way | null;
  /** False: it has no room for one more call. */
  take(): boolean;
  /** Harmless twice, and without `take`. */
  release(): void;
  /** How the call over it began; null: it was answered. */
  report(failure: Unconnected | null): void;
}
