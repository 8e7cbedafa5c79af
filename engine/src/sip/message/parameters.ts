import { isBareValue, isToken, skipSpace } from './characters.ts';
import { SipSyntaxError } from './syntax-error.ts';

export type Parameters = ReadonlyMap<string, string | null>;

export const NO_PARAMETERS: Parameters = new Map();

/**
 * Header parameters (`generic-param`, RFC 3261 §25.1) from `at`, where a semicolon may stand, to the
 * next comma or the end. Quotes are taken off; of a name that comes twice the first counts.
 */
export function readParameters(text: string, at: number): { parameters: Parameters; end: number } {
  at = skipSpace(text, at);
  if (text[at] !== ';') return { parameters: NO_PARAMETERS, end: at };
  const parameters = new Map<string, string | null>();
  while (text[at] === ';') {
    const nameAt = skipSpace(text, at + 1);
    const nameEnd = endOfWord(text, nameAt);
    // An empty parameter (";;", or ";" at the end) is no grammar, but some send it and mean nothing.
    if (nameEnd === nameAt && ';,'.includes(text.charAt(nameAt))) {
      at = nameAt;
      continue;
    }
    if (!isToken(text, nameAt, nameEnd)) throw new SipSyntaxError('a parameter without a name');
    const name = text.slice(nameAt, nameEnd).toLowerCase();
    at = skipSpace(text, nameEnd);
    let value: string | null = null;
    if (text[at] === '=') ({ value, end: at } = readValue(text, skipSpace(text, at + 1)));
    if (!parameters.has(name)) parameters.set(name, value);
    at = skipSpace(text, at);
  }
  return { parameters, end: at };
}

/** As they are written behind a header's value; what is no token is quoted. */
export function writeParameters(parameters: Parameters): string {
  let text = '';
  for (const [name, value] of parameters) {
    text += ';' + name;
    if (value !== null) text += '=' + (isBareValue(value) ? value : writeQuoted(value));
  }
  return text;
}

/** A quoted string that begins at `at` (RFC 3261 §25.1), without its quotes and escapes. */
export function readQuoted(text: string, at: number): { value: string; end: number } {
  let value = '';
  let from = at + 1;
  for (let i = from; i < text.length; i += 1) {
    const character = text[i];
    if (character === '"') return { value: value + text.slice(from, i), end: i + 1 };
    if (character === '\\') {
      value += text.slice(from, i);
      from = i + 1;
      i += 1;
    }
  }
  throw new SipSyntaxError('a quote that is not closed');
}

/** Line breaks cannot be escaped (`quoted-pair`): they become spaces. */
export function writeQuoted(value: string): string {
  return `"${value.replace(/[\r\n]+/g, ' ').replace(/["\\]/g, '\\$&')}"`;
}

function readValue(text: string, at: number): { value: string; end: number } {
  if (text[at] === '"') return readQuoted(text, at);
  const end = endOfWord(text, at);
  if (end === at) throw new SipSyntaxError('a parameter without a value');
  return { value: text.slice(at, end), end };
}

function endOfWord(text: string, at: number): number {
  while (at < text.length && !' \t;,="<>'.includes(text.charAt(at))) at += 1;
  return at;
}
