import { parseNameAddress, parseNameAddresses, splitList } from './address.ts';
import { isToken, parseNumber } from './characters.ts';
import type { Headers } from './headers.ts';
import type { NameAddress } from './message.ts';
import { SipSyntaxError } from './syntax-error.ts';

/**
 * Headers as values. On a message that `parseMessage` let through none of these throws: it has asked
 * them all already. On headers made by hand they throw SipSyntaxError.
 */
type Holder = { readonly headers: Headers };

export interface CSeq {
  number: number;
  method: string;
}

/** RFC 3261 §20.16. Below 2³¹ (§8.1.1.5). */
export function cseqOf({ headers }: Holder): CSeq {
  const value = required(headers, 'CSeq');
  let end = 0;
  while (end < value.length && value[end] !== ' ' && value[end] !== '\t') end += 1;
  const number = parseNumber(value.slice(0, end), 2 ** 31 - 1);
  const method = value.slice(end).trim();
  if (number === null || !isToken(method)) throw new SipSyntaxError('a CSeq that is none');
  return { number, method };
}

export function callIdOf({ headers }: Holder): string {
  return required(headers, 'Call-ID');
}

export function fromOf({ headers }: Holder): NameAddress {
  return parseNameAddress(required(headers, 'From'));
}

export function toOf({ headers }: Holder): NameAddress {
  return parseNameAddress(required(headers, 'To'));
}

export function tagOf(address: NameAddress): string | null {
  return address.parameters.get('tag') ?? null;
}

/** The first Contact that is an address; null: none, or `*`. */
export function contactOf(message: Holder): NameAddress | null {
  return contactsOf(message)[0] ?? null;
}

/** Every Contact of a scheme that we know, in order. */
export function contactsOf(message: Holder): NameAddress[] {
  return isContactStar(message) ? [] : addressesOf(message, 'Contact');
}

/** `Contact: *`: a REGISTER that removes every binding (RFC 3261 §10.2.2). */
export function isContactStar({ headers }: Holder): boolean {
  return headers.get('Contact') === '*';
}

/** Every address of a header that is a list: Route, Record-Route, Path … */
export function addressesOf({ headers }: Holder, name: string): NameAddress[] {
  return headers.all(name).flatMap((value) => {
    try {
      return parseNameAddresses(value);
    } catch (error) {
      // A redirect may offer mailto: and the like beside a number: whoever cannot use it leaves it.
      if (error instanceof SipSyntaxError && error.status === 416) return eachKnown(value);
      throw error;
    }
  });
}

/** Seconds: of a Contact's own parameter, else of the Expires header. Null: neither says it. */
export function expiresOf({ headers }: Holder, contact: NameAddress | null = null): number | null {
  const own = parseNumber(contact?.parameters.get('expires') ?? '', 2 ** 32 - 1);
  return own ?? parseNumber(headers.get('Expires') ?? '', 2 ** 32 - 1);
}

/** Option tags that the other side must have (RFC 3261 §20.32). Lower case. */
export function requires(message: Holder): ReadonlySet<string> {
  return wordsOf(message, 'Require');
}

/** Option tags that the other side has (§20.37). Lower case. */
export function supports(message: Holder): ReadonlySet<string> {
  return wordsOf(message, 'Supported');
}

function wordsOf({ headers }: Holder, name: string): ReadonlySet<string> {
  return new Set(headers.all(name).flatMap((value) => splitWords(value.toLowerCase())));
}

function splitWords(value: string): string[] {
  return value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function eachKnown(value: string): NameAddress[] {
  return splitList(value).flatMap((part) => {
    try {
      return [parseNameAddress(part)];
    } catch (error) {
      if (error instanceof SipSyntaxError && error.status === 416) return [];
      throw error;
    }
  });
}

function required(headers: Headers, name: string): string {
  const value = headers.get(name);
  if (value === null || value === '') throw new SipSyntaxError(`no ${name} header`);
  return value;
}
