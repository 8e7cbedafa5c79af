import { isIPv6 } from 'node:net';
import {
  isHostCharacter,
  isToken,
  isUriParameterCharacter,
  isUserCharacter,
  parseNumber,
} from './characters.ts';
import type { SipUri } from './message.ts';
import { NO_PARAMETERS, type Parameters } from './parameters.ts';
import { SipSyntaxError } from './syntax-error.ts';

const SCHEMES = ['sip', 'sips', 'tel'] as const;

/**
 * Reads a SIP, SIPS or tel URI (RFC 3261 §19.1, RFC 3966). A password in it and its headers (`?…`)
 * are read over: the one is deprecated (§19.1.1), the others have no place in a message (§19.1.5).
 * Throws SipSyntaxError: 400, or 416 for any other scheme.
 */
export function parseUri(text: string): SipUri {
  const colon = text.indexOf(':');
  if (colon < 0) throw new SipSyntaxError('an address without a scheme');
  const name = text.slice(0, colon).toLowerCase();
  const scheme = SCHEMES.find((one) => one === name);
  if (scheme === undefined) {
    if (!isToken(name)) throw new SipSyntaxError('an address without a scheme');
    throw new SipSyntaxError(`addresses of the scheme ${name} are not known here`, 416);
  }
  const rest = text.slice(colon + 1);
  return scheme === 'tel' ? parseTel(rest) : parseSip(scheme, rest);
}

export function writeUri({ scheme, user, host, port, parameters }: SipUri): string {
  const name = user === null ? '' : escape(user, isUserCharacter);
  if (scheme === 'tel') return `tel:${name}${writeUriParameters(parameters)}`;
  return (
    `${scheme}:${user === null ? '' : name + '@'}${writeHostPort(host, port)}` +
    writeUriParameters(parameters)
  );
}

/** An IPv6 address stands in brackets. */
export function writeHostPort(host: string, port: number | null): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === null ? name : `${name}:${port}`;
}

/** `host [":" port]`. Lower case, without brackets. */
export function parseHostPort(text: string): { host: string; port: number | null } {
  const bracket = text.startsWith('[') ? text.indexOf(']') : -1;
  const colon = text.indexOf(':', bracket < 0 ? 0 : bracket);
  const name = (colon < 0 ? text : text.slice(0, colon)).trim();
  const host = bracket < 0 ? name : name.slice(1, -1);
  const good = bracket < 0 ? isHostCharacter(host) : bracket === name.length - 1 && isIPv6(host);
  if (!good) throw new SipSyntaxError('a host that is neither name nor address');
  const port = colon < 0 ? null : parseNumber(text.slice(colon + 1).trim(), 65_535);
  if (colon >= 0 && (port === null || port === 0)) throw new SipSyntaxError('a port that is none');
  return { host: host.toLowerCase(), port };
}

function parseSip(scheme: 'sip' | 'sips', text: string): SipUri {
  // The user part may have ; and ? of its own, so the @ is looked for first. Nothing behind the
  // host may have one that is not escaped.
  const at = text.indexOf('@');
  const user = at < 0 ? null : parseUser(text.slice(0, at));
  const question = text.indexOf('?', at + 1);
  const [place, ...parameters] = text
    .slice(at + 1, question < 0 ? text.length : question)
    .split(';');
  return { scheme, user, ...parseHostPort(place!), parameters: parseUriParameters(parameters) };
}

function parseUser(text: string): string {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  if (name === '') throw new SipSyntaxError('an address with an empty user');
  return unescape(name);
}

function parseTel(text: string): SipUri {
  const [number, ...parameters] = text.split(';');
  if (!number) throw new SipSyntaxError('a tel address without a number');
  return {
    scheme: 'tel',
    user: unescape(number),
    host: '',
    port: null,
    parameters: parseUriParameters(parameters),
  };
}

function parseUriParameters(texts: string[]): Parameters {
  if (texts.length === 0) return NO_PARAMETERS;
  const parameters = new Map<string, string | null>();
  for (const text of texts) {
    if (text === '') continue;
    const equals = text.indexOf('=');
    const name = unescape(equals < 0 ? text : text.slice(0, equals)).toLowerCase();
    if (name === '') throw new SipSyntaxError('an address with a parameter without a name');
    const value = equals < 0 ? null : unescape(text.slice(equals + 1));
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

function writeUriParameters(parameters: Parameters): string {
  let text = '';
  for (const [name, value] of parameters) {
    text += ';' + escape(name, isUriParameterCharacter);
    if (value !== null) text += '=' + escape(value, isUriParameterCharacter);
  }
  return text;
}

/** Escapes are bytes of UTF-8 (§25.1). What may not stand in a URI at all is refused. */
function unescape(text: string): string {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code === 0x7f || '<>"\\'.includes(text.charAt(i))) {
      throw new SipSyntaxError('an address with characters that must be escaped');
    }
  }
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new SipSyntaxError('an address with a wrong escape');
  }
}

function escape(text: string, allowed: (text: string) => boolean): string {
  if (allowed(text)) return text;
  let escaped = '';
  for (const character of text) {
    if (allowed(character)) escaped += character;
    else for (const byte of Buffer.from(character)) escaped += '%' + hex(byte);
  }
  return escaped;
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
