import { randomInt } from 'node:crypto';

/** Nothing that looks like something else: these are copied from a screen to a phone's keys. */
const UPPER = 'ABCDEFGHJKMNPQRSTUVWXYZ';
const LOWER = 'abcdefghjkmnpqrstuvwxyz';
const DIGITS = '23456789';
const MIDDLE = 14;

/** 80 random bits. Twilio wants at least 12 characters with an upper, a lower and a digit. */
export function newPhonePassword(): string {
  const middle = Array.from({ length: MIDDLE }, () => oneOf(LOWER + DIGITS)).join('');
  return `${oneOf(UPPER)}${oneOf(LOWER)}${middle}${oneOf(DIGITS)}`;
}

function oneOf(letters: string): string {
  return letters.charAt(randomInt(letters.length));
}
