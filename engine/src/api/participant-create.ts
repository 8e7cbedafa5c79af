import { z } from 'zod';
import type { Ledger } from '../journal/ledger.ts';
import type { Switchboard } from '../leg/switchboard.ts';
import type { CallRecordings } from '../recording/call-recordings.ts';
import { RECORDING_EVENTS } from '../recording/recording-record.ts';
import { CONFERENCE_EVENTS, type ConferenceCallback } from '../room/conference-record.ts';
import type { Conference } from '../room/conference.ts';
import { REGIONS, type Conferences } from '../room/conferences.ts';
import { musicOf } from '../room/music.ts';
import { BEEPS, type Participant } from '../room/participant.ts';
import { isSid } from '../sid.ts';
import {
  ABSENT,
  CALL_EVENTS,
  CODES,
  credentialsOf,
  destination,
  origin,
  SIP_AUTH,
} from './calls.ts';
import { address, fields, flag, method, musicAddress, whole, words } from './fields.ts';
import { ApiProblem, notFound } from './problem.ts';
import { PARTICIPANT_RECORD_FIELDS, recordSettings } from './record-fields.ts';

const MAX_PARTICIPANTS = 250;

const CREATE = {
  ...PARTICIPANT_RECORD_FIELDS,
  Record: flag.default(false),
  From: origin,
  To: destination,
  ...SIP_AUTH,
  Label: z.string().min(1).max(128).optional(),
  Timeout: whole(5, 600).default(60),
  TimeLimit: whole(1, 86_400).optional(),
  StatusCallback: address.optional(),
  StatusCallbackMethod: method.default('POST'),
  StatusCallbackEvent: words(CALL_EVENTS).default(['completed']),
  Muted: flag.default(false),
  Beep: z.enum(BEEPS).default('true'),
  EarlyMedia: flag.default(true),
  StartConferenceOnEnter: flag.default(true),
  EndConferenceOnExit: flag.default(false),
  WaitUrl: musicAddress.optional(),
  WaitMethod: method.default('POST'),
  MaxParticipants: whole(2, MAX_PARTICIPANTS).default(MAX_PARTICIPANTS),
  Coaching: flag.optional(),
  CallSidToCoach: z.string().optional(),
  JitterBufferSize: z.enum(['off', 'small', 'medium', 'large']).optional(),
  ConferenceRecord: z
    .enum(['true', 'false', 'record-from-start', 'do-not-record'])
    .default('do-not-record'),
  ConferenceTrim: z.enum(['do-not-trim', 'trim-silence']).default('trim-silence'),
  Region: z.enum(REGIONS).optional(),
  ConferenceStatusCallback: address.optional(),
  ConferenceStatusCallbackMethod: method.default('POST'),
  ConferenceStatusCallbackEvent: words(CONFERENCE_EVENTS).default(['start', 'end']),
  ConferenceRecordingStatusCallback: address.optional(),
  ConferenceRecordingStatusCallbackMethod: method.default('POST'),
  ConferenceRecordingStatusCallbackEvent: words(RECORDING_EVENTS).default(['completed']),
} as const;
export type ParticipantCreate = z.infer<z.ZodObject<typeof CREATE>>;

export interface ParticipantCreateParts {
  ledger: Ledger;
  switchboard: Switchboard;
  conferences: Conferences;
  callRecordings: CallRecordings;
}

/** @throws ApiProblem */
export function readCreate(body: unknown): ParticipantCreate {
  return fields(body, CREATE, CODES, ABSENT);
}

/** Coaching need not be said when it is said whom. */
function coachOf(read: ParticipantCreate): string | null {
  if (read.Coaching === false) return null;
  if (read.CallSidToCoach !== undefined) return read.CallSidToCoach;
  if (read.Coaching !== true) return null;
  throw new ApiProblem(400, 20_001, 'Invalid parameter Coaching: CallSidToCoach is missing');
}

/**
 * A sid means that very conference; one that is over is not found, and nobody is called. Any other
 * text is a name: that conference is made when it does not live yet.
 */
export function conferenceFor(
  name: string,
  read: ParticipantCreate,
  { conferences, ledger }: ParticipantCreateParts,
  url: string,
): Conference {
  if (isSid(name, 'CF') || ledger.conferences.has(name)) {
    const conference = conferences.find(name);
    if (!conference) throw notFound(url);
    return conference;
  }
  const { ConferenceStatusCallback, ConferenceStatusCallbackMethod } = read;
  const events = read.ConferenceStatusCallbackEvent;
  const callback: ConferenceCallback | null =
    ConferenceStatusCallback === undefined
      ? null
      : { url: ConferenceStatusCallback, method: ConferenceStatusCallbackMethod, events };
  return conferences.named(name, callback, read.Region);
}

export function addParticipant(
  conference: Conference,
  read: ParticipantCreate,
  { switchboard, callRecordings }: ParticipantCreateParts,
): { participant: Participant; start: () => void } {
  const label = read.Label ?? null;
  // Looked at before anybody is called: a call that cannot join must not exist.
  const coach = coachOf(read);
  conference.checkRoomFor(label, read.MaxParticipants);
  if (coach !== null) conference.checkCoach(coach);
  const { call, start } = switchboard.place({
    to: read.To,
    from: read.From,
    direction: 'outbound-api',
    timeoutMs: read.Timeout * 1000,
    limitMs: read.TimeLimit === undefined ? null : read.TimeLimit * 1000,
    callback:
      read.StatusCallback === undefined
        ? null
        : {
            url: read.StatusCallback,
            method: read.StatusCallbackMethod,
            events: read.StatusCallbackEvent,
          },
    credentials: credentialsOf(read),
  });
  const participant = conference.add(
    call,
    {
      label,
      muted: read.Muted,
      startConferenceOnEnter: read.StartConferenceOnEnter,
      endConferenceOnExit: read.EndConferenceOnExit,
      coach,
      beep: read.Beep,
      earlyMedia: read.EarlyMedia,
      wait: musicOf(read.WaitUrl, read.WaitMethod),
      left: null,
    },
    read.MaxParticipants,
  );
  if (read.ConferenceRecord === 'true' || read.ConferenceRecord === 'record-from-start') {
    const url = read.ConferenceRecordingStatusCallback;
    const callback =
      url === undefined
        ? null
        : {
            url,
            method: read.ConferenceRecordingStatusCallbackMethod,
            events: read.ConferenceRecordingStatusCallbackEvent,
          };
    conference.wantRecording({ callback, trim: read.ConferenceTrim === 'trim-silence' });
  }
  if (read.Record) {
    const settings = recordSettings(read, 'OutboundAPI', 'trim-silence');
    callRecordings.whenAnswered(call, settings);
  }
  return { participant, start };
}
