import fc from 'fast-check';
import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { twilioSignature } from './signature.ts';

describe('a signature', () => {
  it('is accepted by the official validator, whatever the fields', () => {
    const fields = fc.dictionary(
      fc.string({ minLength: 1, unit: 'grapheme' }).filter((name) => name !== '__proto__'),
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(fc.string(), { minLength: 1 })),
    );
    fc.assert(
      fc.property(fields, fc.webUrl({ withQueryParameters: true }), (form, url) => {
        const signature = twilioSignature('token', url, form);
        expect(twilio.validateRequest('token', signature, url, form)).toBe(true);
        expect(twilio.validateRequest('other', signature, url, form)).toBe(false);
      }),
    );
  });

  it('is the one of Twilio’s own example', () => {
    const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
    const fields = {
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    };
    expect(twilioSignature('12345', url, fields)).toBe('RSOYDt4T1cUTdK1PDd93/VVr8B8=');
  });
});
