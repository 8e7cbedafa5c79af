/** Sets of characters of RFC 3261 §25.1, asked character by character: no regular expression backtracks. */

/** `token`: methods, header names, parameter names. */
export const isToken = memberOf("-.!%*_+`'~", true);
/** What a header parameter's value may have without quotes: `token` and `host`. */
export const isBareValue = memberOf("-.!%*_+`'~[]:", true);
/** `user`: unreserved and user-unreserved; all else is escaped. */
export const isUserCharacter = memberOf("-_.!~*'()&=+$,;?/", true);
/** `paramchar` of a URI. */
export const isUriParameterCharacter = memberOf("-_.!~*'()[]/:&+$", true);
/** A host name; the underscore is no part of one (RFC 1123), but stands in names that work. */
export const isHostCharacter = memberOf('-._', true);
export const isDigit = memberOf('0123456789', false);

type Characters = (text: string, from?: number, to?: number) => boolean;

/** Asks whether `text` has nothing but such characters, and at least one. */
function memberOf(marks: string, alphanumeric: boolean): Characters {
  const members = new Uint8Array(128);
  for (const mark of marks) members[mark.charCodeAt(0)] = 1;
  if (alphanumeric) {
    for (let code = 0; code < 128; code += 1) {
      if (/[A-Za-z0-9]/.test(String.fromCharCode(code))) members[code] = 1;
    }
  }
  return (text, from = 0, to = text.length) => {
    for (let i = from; i < to; i += 1) {
      const code = text.charCodeAt(i);
      if (code > 127 || members[code] === 0) return false;
    }
    return to > from;
  };
}

/** Linear white space, after unfolding. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

export function skipSpace(text: string, at: number): number {
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** A number of SIP: digits only, at most `most`. Null: it is none. */
export function parseNumber(text: string, most: number): number | null {
  if (!isDigit(text) || text.length > 15) return null;
  const number = Number(text);
  return number <= most ? number : null;
}
