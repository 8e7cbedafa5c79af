import { createHash } from 'node:crypto';
import type { CredentialRecord } from './sip-records.ts';

/**
 * One realm for all domains, as Twilio has one: so a password need not be kept, only what digests
 * are made of (RFC 7616 §3.4.2), and a credential list may be mapped to any domain later.
 */
export const REALM = 'offhook';

/** What stands for a password in this realm. It opens nothing elsewhere. */
export function ha1Of(username: string, password: string): CredentialRecord['ha1'] {
  const text = `${username}:${REALM}:${password}`;
  return { MD5: hash('md5', text), 'SHA-256': hash('sha256', text) };
}

/** https://www.twilio.com/docs/voice/sip/api/sip-credential-resource: what is wrong, or null. */
export function weaknessOf(password: string): string | null {
  if (password.length < 12) return 'has fewer than 12 characters';
  if (!/[a-z]/.test(password)) return 'has no small letter';
  if (!/[A-Z]/.test(password)) return 'has no capital letter';
  return /\d/.test(password) ? null : 'has no digit';
}

function hash(algorithm: 'md5' | 'sha256', text: string): string {
  return createHash(algorithm).update(text, 'utf8').digest('hex');
}
