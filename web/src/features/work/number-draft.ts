import { AsYouType, type CountryCode } from 'libphonenumber-js/min';

/** What stands in the number field and where the caret is. */
export interface Draft {
  text: string;
  caret: number;
}

const DIGIT = /[0-9+*#]/;

/** What counts of what was typed or pasted: digits, and a plus in front. */
export function digitsOf(text: string): string {
  return (
    text
      // "+44 (0)7700 …": the zero is only for callers at home.
      .replace(/(\+\d+\s*)\(0\)/, '$1')
      .replace(/[^0-9+*#]/g, '')
      .replace(/(?!^)\+/g, '')
  );
}

/** "07700900001" as "07700 900001", as far as it goes. */
export function shown(digits: string, country: string): string {
  // Star and hash are no part of a number: left as typed, the server says what is wrong.
  if (/[*#]/.test(digits)) return digits;
  return new AsYouType(country as CountryCode).input(digits);
}

/**
 * The field after an edit: formatted again, with the caret behind the same digit as before.
 * Deleting a space between two digits deletes the digit in front of it.
 */
export function edited(before: string, next: string, caret: number, country: string): Draft {
  let head = next.slice(0, caret).replace(/(\+\d+\s*)\(0\)/, '$1');
  let digits = digitsOf(next);
  const deletedOnlySpace = next.length < before.length && digits === digitsOf(before);
  if (deletedOnlySpace) {
    head = head.replace(/[0-9+*#][^0-9+*#]*$/, '');
    digits = digitsOf(head + next.slice(caret));
  }
  const text = shown(digits, country);
  return { text, caret: caretAfter(text, digitsOf(head).length) };
}

function caretAfter(text: string, digits: number): number {
  let seen = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (seen === digits) return at;
    if (DIGIT.test(text.charAt(at))) seen += 1;
  }
  return text.length;
}
