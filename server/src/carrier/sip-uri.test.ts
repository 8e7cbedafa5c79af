import { expect, test } from 'vitest';
import { isSameSipUri, sipUri } from './sip-uri.ts';

const ADA = sipUri('ada', 'phones.example.com');

test.each([
  ['sip:ada@phones.example.com', true],
  ['sip:ada@PHONES.example.com:5060;transport=tcp', true],
  ['sips:ada@phones.example.com?X-A=b', true],
  ['sip:Ada@phones.example.com', false],
  ['sip:eve@phones.example.com', false],
  ['sip:ada@phones.example.com.evil.org', false],
  ['sip:ada@evil.org;x=@phones.example.com', false],
  ['client:ada', false],
  ['+447700900000', false],
  [null, false],
])('our phone is %s: %s', (theirs, same) => {
  expect(isSameSipUri(ADA, theirs)).toBe(same);
});
