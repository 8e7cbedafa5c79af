import { skipSpace } from './characters.ts';
import type { NameAddress } from './message.ts';
import { readParameters, readQuoted, writeParameters, writeQuoted } from './parameters.ts';
import { SipSyntaxError } from './syntax-error.ts';
import { parseUri, writeUri } from './uri.ts';

/** From, To, Refer-To …: exactly one (RFC 3261 §20.10). Throws SipSyntaxError. */
export function parseNameAddress(value: string): NameAddress {
  const { address, end } = readNameAddress(value, 0);
  if (end < value.length) throw new SipSyntaxError('more than one address where one belongs');
  return address;
}

/** Contact, Route, Record-Route …: one or more, parted by commas. Throws SipSyntaxError. */
export function parseNameAddresses(value: string): NameAddress[] {
  const addresses: NameAddress[] = [];
  for (let at = 0; at <= value.length;) {
    const { address, end } = readNameAddress(value, at);
    addresses.push(address);
    at = end + 1;
  }
  return addresses;
}

/** Always with angle brackets: without them a URI's parameters would be the header's (§20.10). */
export function writeNameAddress({ display, uri, parameters }: NameAddress): string {
  const name = display === null ? '' : writeQuoted(display) + ' ';
  return `${name}<${writeUri(uri)}>${writeParameters(parameters)}`;
}

/** Parts a comma list, mindful of quotes and angle brackets; the parts are trimmed. */
export function splitList(value: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let bracket = false;
  for (let i = 0; i < value.length; i += 1) {
    const character = value[i];
    if (character === '"' && !bracket) i = readQuoted(value, i).end - 1;
    else if (character === '<') bracket = true;
    else if (character === '>') bracket = false;
    else if (character === ',' && !bracket) {
      parts.push(value.slice(from, i).trim());
      from = i + 1;
    }
  }
  parts.push(value.slice(from).trim());
  return parts.filter((part) => part !== '');
}

/** Reads one address; `end` is where a comma stands, or the end of the text. */
function readNameAddress(text: string, from: number): { address: NameAddress; end: number } {
  const { display, at } = readDisplay(text, skipSpace(text, from));
  let uri: string;
  let behind: number;
  if (text[at] === '<') {
    const close = text.indexOf('>', at);
    if (close < 0) throw new SipSyntaxError('an address whose bracket is not closed');
    uri = text.slice(at + 1, close);
    behind = close + 1;
  } else {
    // Without brackets every parameter is the header's, not the URI's (§20.10).
    behind = at;
    while (behind < text.length && !';, \t'.includes(text.charAt(behind))) behind += 1;
    uri = text.slice(at, behind);
  }
  const { parameters, end } = readParameters(text, behind);
  if (end < text.length && text[end] !== ',') {
    throw new SipSyntaxError('an address with something behind it that is no parameter');
  }
  return { address: { display, uri: parseUri(uri), parameters }, end };
}

/** The display name at `at`, if there is one; then `at` is where the bracket opens. */
function readDisplay(text: string, at: number): { display: string | null; at: number } {
  if (text[at] === '"') {
    const { value, end } = readQuoted(text, at);
    const bracket = skipSpace(text, end);
    if (text[bracket] !== '<') throw new SipSyntaxError('a display name without an address');
    return { display: value, at: bracket };
  }
  for (let i = at; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (character === '<') return { display: text.slice(at, i).trim() || null, at: i };
    // None of these stands in a display name without quotes: no bracket belongs to this address.
    if (',;"'.includes(character)) break;
  }
  return { display: null, at };
}
