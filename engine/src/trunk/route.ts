import type { Hop, NameAddress, SipUri } from '../sip/message/message.ts';
import type { Unconnected } from './failure.ts';
import type { TrunkRecord } from './trunk-record.ts';

/** One way to a number: over which trunk, and how the number is written there. */
export interface Route {
  trunk: TrunkRecord;
  /** The Request-URI, and what To says. */
  uri: SipUri;
  /** The caller id that this trunk knows us by. */
  from: NameAddress;
  /** Where the INVITE goes, in order (RFC 3263). @throws NameUnknown and the like, with words */
  hops(): Promise<readonly Hop[]>;
  /** Takes one of the trunk's channels. False: all are taken; the next route may have one. */
  take(): boolean;
  /** Gives the channel back. Harmless twice, and without `take`. */
  release(): void;
  /** How a call over it began: shown in the trunk's state. Null: it was answered. */
  report(failure: Unconnected | null): void;
}
