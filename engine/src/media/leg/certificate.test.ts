import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { makeCertificate } from './certificate.ts';

it('makes a certificate that is its own, valid now, and never the same', () => {
  const now = Date.UTC(2026, 10, 22);
  const { certificate, key } = makeCertificate(now);
  const read = new X509Certificate(certificate);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(read.subject).toBe('CN=offhook');
  expect(Date.parse(read.validFrom)).toBeLessThan(now);
  expect(Date.parse(read.validTo)).toBeGreaterThan(now);
  expect(makeCertificate(now).certificate).not.toBe(certificate);
});
