import type { PrefixRule, TrunkRecord } from './trunk-record.ts';

/** How a trunk wants an E.164 number written; null: it does not take this number. */
export function writeNumber(rules: readonly PrefixRule[], number: string): string | null {
  if (rules.length === 0) return number;
  const rule = rules.find(({ prefix }) => number.startsWith(prefix));
  return rule ? rule.prepend + number.slice(rule.strip) : null;
}

/**
 * Who calls, as this trunk may say it. Carriers refuse numbers that are not the customer's, or put
 * one of theirs in place of it: where we know which are ours, we never send another.
 */
export function callerIdFor(trunk: Pick<TrunkRecord, 'callerIds'>, from: string): string {
  return trunk.callerIds.includes(from) ? from : (trunk.callerIds[0] ?? from);
}
