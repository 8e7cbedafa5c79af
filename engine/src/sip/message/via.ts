import { isToken, skipSpace } from './characters.ts';
import type { Headers } from './headers.ts';
import { readParameters, writeParameters, type Parameters } from './parameters.ts';
import { SipSyntaxError } from './syntax-error.ts';
import { parseHostPort, writeHostPort } from './uri.ts';

/** Where an answer is to go (RFC 3261 §20.42). */
export interface Via {
  /** Upper case: UDP, TCP, TLS … */
  transport: string;
  /** Sent-by. Lower case; IPv6 without brackets. */
  host: string;
  port: number | null;
  /** branch, received, rport … Names in lower case. */
  parameters: Parameters;
}

/** Throws SipSyntaxError. */
export function parseVia(value: string): Via {
  return readVia(value).via;
}

export function writeVia({ transport, host, port, parameters }: Via): string {
  return `SIP/2.0/${transport} ${writeHostPort(host, port)}${writeParameters(parameters)}`;
}

/** The first of all; a parsed message has one. Throws SipSyntaxError when there is none. */
export function topVia(headers: Headers): Via {
  const value = headers.get('Via');
  if (value === null) throw new SipSyntaxError('no Via header');
  return readVia(value).via;
}

/** Puts another Via in the place of the first; those behind it in the same line stay. */
export function replaceTopVia(headers: Headers, via: Via): void {
  const value = headers.get('Via');
  if (value === null) return;
  headers.replaceFirst('Via', writeVia(via) + value.slice(readVia(value).end));
}

export function branchOf(via: Via): string | null {
  return via.parameters.get('branch') ?? null;
}

/** `end` is where a comma stands, or the end of the text. */
function readVia(text: string): { via: Via; end: number } {
  // sent-protocol is three words with slashes between them and spaces wherever one likes.
  const slash = text.indexOf('/');
  const second = text.indexOf('/', slash + 1);
  if (slash < 0 || second < 0) throw new SipSyntaxError('a Via without a transport');
  const name = text.slice(0, slash).trim().toUpperCase();
  const version = text.slice(slash + 1, second).trim();
  if (name !== 'SIP' || version !== '2.0') throw new SipSyntaxError('a Via of another protocol');
  const transportAt = skipSpace(text, second + 1);
  let at = transportAt;
  while (at < text.length && !' \t;,'.includes(text.charAt(at))) at += 1;
  const transport = text.slice(transportAt, at).toUpperCase();
  if (!isToken(transport)) throw new SipSyntaxError('a Via without a transport');
  const hostAt = skipSpace(text, at);
  at = hostAt;
  while (at < text.length && !';,'.includes(text.charAt(at))) at += 1;
  const sentBy = parseHostPort(text.slice(hostAt, at));
  const { parameters, end } = readParameters(text, at);
  if (end < text.length && text[end] !== ',') {
    throw new SipSyntaxError('a Via with something behind it that is no parameter');
  }
  return { via: { transport, ...sentBy, parameters }, end };
}
