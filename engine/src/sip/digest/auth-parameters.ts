import { splitList } from '../message/address.ts';
import { readQuoted, writeQuoted } from '../message/parameters.ts';
import { SipSyntaxError } from '../message/syntax-error.ts';

/**
 * The parameters of `Digest a=b, c="d"` (RFC 3261 §25.1), names in lower case, without quotes. Null:
 * another scheme, or no grammar.
 */
export function parseDigest(value: string): ReadonlyMap<string, string> | null {
  const space = value.search(/[ \t]/);
  if (space < 0 || value.slice(0, space).toLowerCase() !== 'digest') return null;
  const parameters = new Map<string, string>();
  try {
    for (const part of splitList(value.slice(space))) {
      const equals = part.indexOf('=');
      if (equals < 1) return null;
      const text = part.slice(equals + 1).trim();
      const name = part.slice(0, equals).trim().toLowerCase();
      parameters.set(name, text.startsWith('"') ? readQuoted(text, 0).value : text);
    }
  } catch (error) {
    if (error instanceof SipSyntaxError) return null;
    throw error;
  }
  return parameters;
}

/** A null is left out. `bare` ones stand without quotes, as RFC 7616 §3.4 wants them. */
export function writeDigest(
  parameters: readonly (readonly [name: string, value: string | null, how?: 'bare'])[],
): string {
  const words: string[] = [];
  for (const [name, value, how] of parameters) {
    if (value !== null) words.push(`${name}=${how === 'bare' ? value : writeQuoted(value)}`);
  }
  return `Digest ${words.join(', ')}`;
}
