import { expect, test } from 'vitest';
import { newPhonePassword } from './phone-password.ts';
import { sipUsername } from './sip-username.ts';

test.each([
  ['Ada Lovelace', 1, 'ada.lovelace'],
  ['Ada Lovelace', 2, 'ada.lovelace2'],
  ['  José-María  Núñez ', 1, 'jose.maria.nunez'],
  ['O’Brien, Pat (Sales)', 1, 'o.brien.pat.sales'],
  ['张伟', 1, 'agent'],
  ['张伟', 12, 'agent12'],
  [`${'Wolfe'.repeat(6)} Hubert`, 1, 'wolfewolfewolfewolfewolfewolfe.h'],
  [`${'Wolfe'.repeat(6)} Hubert`, 10, 'wolfewolfewolfewolfewolfewolfe10'],
])('%s, the %ith of that name, is %s', (name, twin, username) => {
  expect(sipUsername(name, twin)).toBe(username);
  expect(username).toMatch(/^[a-z0-9._-]{1,32}$/);
});

test('a phone’s password is what Twilio takes, and another each time', () => {
  const made = Array.from({ length: 200 }, newPhonePassword);
  for (const password of made) {
    expect(password).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9]{12,}$/);
    expect(password).not.toMatch(/[0O1lI]/);
  }
  expect(new Set(made).size).toBe(made.length);
});
