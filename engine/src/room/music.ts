import type { HttpMethod } from '../callback/request.ts';
import type { Call } from '../leg/call.ts';

/** What somebody hears who waits or is held. */
export type Music =
  /** Our own. */
  | { kind: 'default' }
  | { kind: 'silence' }
  /** TwiML that plays something, asked again when it is through. */
  | { kind: 'url'; url: string; method: HttpMethod };

/** Plays music to a call until stopped. */
export interface MusicPlayer {
  play(call: Call, music: Music, fields: Record<string, string>): { stop(): void };
}

/** A waitUrl or HoldUrl as Twilio reads it: absent is the default, empty is silence. */
export function musicOf(url: string | undefined, method: HttpMethod): Music {
  if (url === undefined) return { kind: 'default' };
  return url === '' ? { kind: 'silence' } : { kind: 'url', url, method };
}
