import type { HttpMethod } from '../callback/request.ts';

export type RecordingStatus = 'in-progress' | 'processing' | 'completed' | 'absent' | 'failed';
export const RECORDING_EVENTS = ['in-progress', 'completed', 'absent', 'failed'] as const;
export type RecordingEvent = (typeof RECORDING_EVENTS)[number];

export interface RecordingCallback {
  url: string;
  method: HttpMethod;
  events: RecordingEvent[];
}

/** Why a recording failed, as the resource's `error_code` says it. */
export const RECORDING_ERROR = {
  /** The disk is full: the call went on without being recorded. */
  diskFull: 64_507,
  /** The recording could not be written or encoded for another reason. */
  writeFailed: 64_500,
} as const;

/** A recording as it is journalled. All times are milliseconds of Date.now(). */
export interface RecordingRecord {
  sid: string;
  conferenceSid: string;
  /** The leg on the left channel. */
  callSid: string;
  status: RecordingStatus;
  createdAt: number;
  updatedAt: number;
  /** The moment of the first sample; null until the recorder has begun. */
  startedAt: number | null;
  durationMs: number | null;
  errorCode: number | null;
  callback: RecordingCallback | null;
}
