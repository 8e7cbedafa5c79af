import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** What a WebRTC end proves with that it is the one that signalling spoke of. Both are PEM. */
export interface Certificate {
  certificate: string;
  key: string;
}

const DAY_MS = 24 * 3_600_000;
/** Browsers look at the fingerprint only, whatever the date; the format wants one. */
const VALID_MS = 3650 * DAY_MS;

/** ecdsa-with-SHA256, RFC 5758 §3.2. */
const ECDSA_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
/** id-at-commonName, RFC 5280 appendix A.1. */
const COMMON_NAME = Buffer.from('0603550403', 'hex');

/** A fresh self-signed certificate (RFC 8827 §6.5: ECDSA with P-256), X.509 version 1. */
export function makeCertificate(now: number): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(ECDSA_SHA256);
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from('offhook')))));
  const body = sequence(
    serial(),
    algorithm,
    name,
    sequence(utcTime(now - DAY_MS), utcTime(now + VALID_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  return {
    certificate: pem(sequence(body, algorithm, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** An INTEGER that is positive and has no needless leading byte. */
function serial(): Buffer {
  const bytes = randomBytes(8);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return der(0x02, bytes);
}

/** YYMMDDHHMMSSZ; stands for years before 2050. */
function utcTime(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts);
}

/** Tag, length, value (ITU-T X.690 §8.1). */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
