import type { PrefixRule, TrunkRecord } from './trunk-record.ts';

/** How a trunk wants an E.164 number written; null: it does not take this number. */
export function writeNumber(rules: readonly PrefixRule[], number: string): string | null {
  if (rules.length === 0) return number;
  const rule = rules.find(({ prefix }) => number.startsWith(prefix));
  return rule ? rule.prepend + number.slice(rule.strip) : null;
}

/** Ofcom keeps these numbers for drama: they are nobody's, and a fresh installation calls from one. */
const NOBODYS = /^\+447700900\d{3}$/;

/**
 * Who calls, as this trunk may say it. Carriers refuse numbers that are not the customer's, or put
 * one of theirs in place of it: where we know which are ours, we never send another. Where we know
 * none, the user name is what the carrier knows us by.
 */
export function callerIdFor(
  { callerIds, username }: Pick<TrunkRecord, 'callerIds' | 'username'>,
  from: string,
): string {
  if (callerIds.includes(from)) return from;
  return callerIds[0] ?? (NOBODYS.test(from) ? (username ?? from) : from);
}
