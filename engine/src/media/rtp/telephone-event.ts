import { readUint16 } from './packet.ts';

/** Keys in the order of their event codes (RFC 4733 §3.2, table 3). */
const KEYS = '0123456789*#ABCD';

/** A telephone key on its way (RFC 4733 §2.3). */
export interface TelephoneEvent {
  /** One of 0–9 * # A–D. */
  key: string;
  end: boolean;
  /** Timestamp units (samples) since the event began. */
  duration: number;
}

export const TELEPHONE_EVENT_BYTES = 4;

/** −10 dBm0 (RFC 4733 §2.3.3): loud enough for any receiver. */
const VOLUME = 10;

/** Null for events that are not keys, and for anything else. */
export function parseTelephoneEvent(payload: Uint8Array): TelephoneEvent | null {
  if (payload.length < TELEPHONE_EVENT_BYTES) return null;
  const key = KEYS[payload[0]!];
  if (key === undefined) return null;
  return { key, end: (payload[1]! & 0x80) !== 0, duration: readUint16(payload, 2) };
}

/** Writes the four bytes at `at`. `event.key` must be one of 0–9 * # A–D. */
export function writeTelephoneEvent(event: TelephoneEvent, out: Uint8Array, at: number): void {
  out[at] = KEYS.indexOf(event.key);
  out[at + 1] = (event.end ? 0x80 : 0) | VOLUME;
  out[at + 2] = event.duration >> 8;
  out[at + 3] = event.duration;
}
