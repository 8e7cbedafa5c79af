import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** Letters and digits only: person ids become part of the carrier's identities. */
export function newId(): string {
  return randomUUID().replaceAll('-', '');
}

/** 256 random bits, fit for a link or a header. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** How secrets are kept: they are random, so a plain hash is enough. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
