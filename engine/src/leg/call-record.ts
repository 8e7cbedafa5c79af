import type { HttpMethod } from '../callback/request.ts';

/**
 *  queued ──► ringing ──► in-progress ──► completed
 *     │          │
 *     └──────────┴──► busy, failed, no-answer, canceled
 *
 * Twilio's words (https://www.twilio.com/docs/voice/api/call-resource#call-status-values).
 */
export type CallStatus = LiveStatus | FinalStatus;
export type LiveStatus = 'queued' | 'ringing' | 'in-progress';
export type FinalStatus = 'completed' | 'busy' | 'failed' | 'no-answer' | 'canceled';

const FINAL: ReadonlySet<CallStatus> = new Set<CallStatus>([
  'completed',
  'busy',
  'failed',
  'no-answer',
  'canceled',
]);
export function isFinal(status: CallStatus): status is FinalStatus {
  return FINAL.has(status);
}

export type CallEvent = 'initiated' | 'ringing' | 'answered' | 'completed';
export type CallDirection = 'inbound' | 'outbound-api' | 'outbound-dial';

export interface CallCallback {
  url: string;
  method: HttpMethod;
  events: CallEvent[];
}

/** A call as it is journalled. All times are milliseconds of Date.now(). */
export interface CallRecord {
  sid: string;
  parentCallSid: string | null;
  from: string;
  to: string;
  direction: CallDirection;
  status: CallStatus;
  createdAt: number;
  updatedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  sipCode: number | null;
  callback: CallCallback | null;
  /** The recording that came with the order for the call; absent where none was wanted. */
  recordingSid?: string;
  /** The number of the next status callback, from 0. */
  sequence: number;
}
