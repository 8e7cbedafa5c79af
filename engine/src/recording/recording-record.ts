import type { HttpMethod } from '../callback/request.ts';

/**
 *  in-progress ◄──► paused
 *       └──────┬───────┘
 *              ▼
 *          processing ──► completed, absent, failed
 */
export type RecordingStatus =
  'in-progress' | 'paused' | 'processing' | 'completed' | 'absent' | 'failed';
export const RECORDING_EVENTS = ['in-progress', 'completed', 'absent', 'failed'] as const;
/** A participant's own recording tells more than a call's or a conference's. */
export const PARTICIPANT_RECORDING_EVENTS = [
  ...RECORDING_EVENTS,
  'started',
  'paused',
  'resumed',
  'stopped',
] as const;
export type RecordingEvent = (typeof PARTICIPANT_RECORDING_EVENTS)[number];

/** In Twilio's words, how it came about. */
export type RecordingSource =
  'Conference' | 'OutboundAPI' | 'StartCallRecordingAPI' | 'DialVerb' | 'RecordVerb';
export const RECORDING_TRACKS = ['both', 'inbound', 'outbound'] as const;
export type RecordingTrack = (typeof RECORDING_TRACKS)[number];

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
  /** Null: a call was recorded, not a room. */
  conferenceSid: string | null;
  /** The call that is recorded, or the one on the left channel. */
  callSid: string;
  source: RecordingSource;
  /** As it can be had; the spool always has two. */
  channels: 1 | 2;
  track: RecordingTrack;
  /** Leave silence out at both ends. */
  trim: boolean;
  status: RecordingStatus;
  createdAt: number;
  updatedAt: number;
  /** The moment of the first sample; null until the recorder has begun. */
  startedAt: number | null;
  durationMs: number | null;
  errorCode: number | null;
  callback: RecordingCallback | null;
}
