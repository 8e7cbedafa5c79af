import { addressesOf } from '../../sip/message/fields.ts';
import type { SipUri } from '../../sip/message/message.ts';
import type { IncomingCall } from '../../sip/user-agent/calls.ts';

/** Twilio's number for a caller who does not want to be known. */
const ANONYMOUS = '+266696687';

/**
 * Which of our numbers is meant. Carriers write it as E.164 with or without +, with 00 in front, or
 * in the national form, whose country only our own numbers tell: one that ends with it. Null: none.
 */
export function ownNumber(user: string, ours: readonly string[]): string | null {
  const written = user.replace(/[\s().-]/g, '');
  if (!/^\+?\d{3,17}$/.test(written)) return null;
  const digits = written.replace(/^(\+|00)/, '');
  const exact = ours.find((number) => number === `+${digits}`);
  if (exact !== undefined || written.startsWith('+')) return exact ?? null;
  const national = written.replace(/^0/, '');
  // Shorter than that, it could be the end of anybody's number.
  const ending = ours.filter((number) => national.length >= 6 && number.endsWith(national));
  return ending.length === 1 ? (ending[0] ?? null) : null;
}

/** Whom a trunk's call is for: the Request-URI, or To where that names only our address. */
export function calledNumber(
  { uri, to }: Pick<IncomingCall, 'uri' | 'to'>,
  ours: readonly string[],
): string | null {
  return ownNumber(uri.user ?? '', ours) ?? ownNumber(to.uri.user ?? '', ours);
}

/** Who calls, as a trunk says it: what the network asserts (RFC 3325), else what the caller says. */
export function callingNumber({ from, headers }: Pick<IncomingCall, 'from' | 'headers'>): string {
  const [asserted] = addressesOf({ headers }, 'P-Asserted-Identity');
  // RFC 3323 §4.2, RFC 3325 §9.3: the number is for the network, and not for whom it calls.
  const private_ = /\b(id|user|header)\b/i.test(headers.get('Privacy') ?? '');
  if (private_) return ANONYMOUS;
  const user = (asserted ?? from).uri.user ?? '';
  if (user === '' || user.toLowerCase() === 'anonymous') return ANONYMOUS;
  return asE164(user);
}

/** What says it is E.164 gets its +; a national form is left as it is: its country is not ours to guess. */
function asE164(user: string): string {
  const written = user.replace(/[\s().-]/g, '');
  const digits = /^(?:\+|00)?([1-9]\d{6,14})$/.exec(written)?.[1];
  return digits === undefined ? user : `+${digits}`;
}

/** https://www.twilio.com/docs/voice/sip/receiving-sip: what the application is told besides. */
export function sipFields(call: IncomingCall): Record<string, string> {
  const { callId, headers, source, from } = call;
  const [diverted] = addressesOf({ headers }, 'Diversion');
  const own = [...headers]
    .filter(({ name }) => /^(x-|user-to-user$)/i.test(name))
    .map(({ name, value }) => [`SipHeader_${name}`, value] as const);
  return {
    ...Object.fromEntries(own),
    SipCallId: callId,
    SipSourceIp: source.address,
    ...(from.display === null ? {} : { CallerName: from.display }),
    ...(diverted?.uri.user ? { ForwardedFrom: asE164(diverted.uri.user) } : {}),
  };
}

/** An address of record, as Twilio writes it. */
export function sipAddress({ user, host }: Pick<SipUri, 'user' | 'host'>): string {
  return user === null ? `sip:${host}` : `sip:${user}@${host}`;
}
