import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { ha1Of, REALM, weaknessOf } from './credentials.ts';

it.each([
  ['Short1Aa', 'has fewer than 12 characters'],
  ['nocapitals123', 'has no capital letter'],
  ['NOSMALLS1234', 'has no small letter'],
  ['NoDigitsInHere', 'has no digit'],
  ['Correct1Horse2', null],
])('a password %s: %s', (password, weakness) => expect(weaknessOf(password)).toBe(weakness));

it('keeps what digests are made of, and not the password', () => {
  const { MD5 } = ha1Of('ada', 'Correct1Horse2');
  expect(MD5).toBe(createHash('md5').update(`ada:${REALM}:Correct1Horse2`).digest('hex'));
  expect(JSON.stringify(ha1Of('ada', 'Correct1Horse2'))).not.toContain('Correct');
});
