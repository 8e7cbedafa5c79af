import type { HttpMethod } from '../callback/request.ts';

export type ConferenceStatus = 'init' | 'in-progress' | 'completed';

export const CONFERENCE_EVENTS = [
  'start',
  'end',
  'join',
  'leave',
  'mute',
  'hold',
  'modify',
  'announcement',
] as const;
export type ConferenceEvent = (typeof CONFERENCE_EVENTS)[number];

export type ReasonConferenceEnded =
  | 'conference-ended-via-api'
  | 'participant-with-end-conference-on-exit-left'
  | 'participant-with-end-conference-on-exit-kicked'
  | 'last-participant-left'
  | 'last-participant-kicked';

export type ReasonParticipantLeft =
  | 'conference_ended_via_api'
  | 'moderator_ended_conference'
  | 'participant_updated_via_api'
  | 'participant_hung_up'
  | 'participant_add_failed';

/** connecting: being called; it has not been in the room yet. */
export type ParticipantStatus = 'queued' | 'ringing' | 'connecting' | 'connected';

export interface ParticipantRecord {
  callSid: string;
  label: string | null;
  muted: boolean;
  hold: boolean;
  coaching: boolean;
  callSidToCoach: string | null;
  startConferenceOnEnter: boolean;
  endConferenceOnExit: boolean;
  joined: boolean;
  createdAt: number;
  updatedAt: number;
}

export interface ConferenceCallback {
  url: string;
  method: HttpMethod;
  events: ConferenceEvent[];
}

/** A conference as it is journalled. All times are milliseconds of Date.now(). */
export interface ConferenceRecord {
  sid: string;
  friendlyName: string;
  status: ConferenceStatus;
  createdAt: number;
  updatedAt: number;
  reasonEnded: ReasonConferenceEnded | null;
  callSidEnding: string | null;
  callback: ConferenceCallback | null;
  /** Kept and shown as Twilio does; sound is always mixed here. */
  region: string;
  /** The number of the next status callback, from 1 (as Twilio counts conferences). */
  sequence: number;
  /** Who is in the room or on the way into it; empty once it is completed. */
  participants: ParticipantRecord[];
}
