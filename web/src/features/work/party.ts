import { showNumber } from '../../lib/phone-number.ts';
import type { CurrentCall } from '../../phone/phone-state.ts';

/** Who is on the other side: a name where there is one, and the number beside it. */
export function partyOf(
  current: CurrentCall,
  country: string,
): { who: string; number: string | null } {
  if (current.call === null) return { who: current.to, number: null };
  const { name, number } = current.call.customer;
  const shown = showNumber(number, country);
  return name === null ? { who: shown, number: null } : { who: name, number: shown };
}
