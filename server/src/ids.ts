import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghijklmnopqrstuv';
const LENGTH = 20;

/** "call_3f0k…": letters, digits and one underscore, 100 random bits; says nothing about anybody. */
export function newId(kind: 'call' | 'leg'): string {
  const characters = [...randomBytes(LENGTH)].map((byte) => ALPHABET[byte & 31]);
  return `${kind}_${characters.join('')}`;
}
