import type { IncomingCall } from '../../sip/user-agent/calls.ts';
import type { TrunkRecord } from '../../trunk/trunk-record.ts';
import { calledNumber } from './called-number.ts';

/**
 * Whose call it is, of the trunks that its address belongs to: two accounts at one carrier come from
 * one address. The Request-URI of who registers is the Contact that we gave (RFC 3261 §10.2.1),
 * with its user name; else the number that is called tells. Null: `trunks` has none.
 */
export function trunkOf(
  call: Pick<IncomingCall, 'uri' | 'to'>,
  trunks: readonly TrunkRecord[],
): TrunkRecord | null {
  const { user } = call.uri;
  const registered = trunks.find(
    ({ registerSeconds, username }) => registerSeconds !== null && username === user,
  );
  const called = trunks.find(({ callerIds }) => calledNumber(call, callerIds) !== null);
  return registered ?? called ?? trunks[0] ?? null;
}
