import { randomBytes } from 'node:crypto';

export type SidPrefix =
  | 'CA'
  | 'CF'
  | 'RE'
  | 'AC'
  | 'AP'
  | 'PN'
  | 'KX'
  | 'ZY'
  | 'NO'
  | 'QU'
  | 'TK'
  | 'TC'
  | 'SD'
  | 'CL'
  | 'CR';

/** A new Twilio-shaped name: the two letters of its kind and 32 hex digits. */
export function newSid(prefix: SidPrefix): string {
  return prefix + randomBytes(16).toString('hex');
}

export function isSid(text: string, prefix: SidPrefix): boolean {
  return text.startsWith(prefix) && /^[A-Z]{2}[0-9a-f]{32}$/i.test(text);
}
