import { z } from 'zod';
import type { Switchboard } from '../leg/switchboard.ts';
import { RECORDING_EVENTS } from '../recording/recording-record.ts';
import { CONFERENCE_EVENTS, type ConferenceCallback } from '../room/conference-record.ts';
import type { Conference, ParticipantChange } from '../room/conference.ts';
import type { Conferences } from '../room/conferences.ts';
import { musicOf } from '../room/music.ts';
import type { Participant } from '../room/participant.ts';
import { isSid } from '../sid.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { Api } from './app.ts';
import { CALL_EVENTS, destination, origin } from './calls.ts';
import { address, fields, flag, method, whole, words } from './fields.ts';
import { page, PAGE_FIELDS } from './paging.ts';
import type { Presenter } from './present.ts';
import { notFound } from './problem.ts';

const MAX_PARTICIPANTS = 250;

const CREATE = {
  From: origin,
  To: destination,
  Label: z.string().min(1).max(128).optional(),
  Timeout: whole(5, 600).default(60),
  TimeLimit: whole(1, 86_400).optional(),
  StatusCallback: address.optional(),
  StatusCallbackMethod: method.default('POST'),
  StatusCallbackEvent: words(CALL_EVENTS).default(['completed']),
  Muted: flag.default(false),
  // Nobody is told by a beep yet; whoever asks for one is told so.
  Beep: z.literal('false').optional(),
  // The demo customers send no sound before they answer, so there is none to pass on.
  EarlyMedia: flag.default(true),
  StartConferenceOnEnter: flag.default(true),
  EndConferenceOnExit: flag.default(false),
  WaitUrl: z.string().optional(),
  WaitMethod: method.default('POST'),
  MaxParticipants: whole(2, MAX_PARTICIPANTS).default(MAX_PARTICIPANTS),
  Coaching: flag.default(false),
  CallSidToCoach: z.string().optional(),
  JitterBufferSize: z.enum(['off', 'small', 'medium', 'large']).optional(),
  ConferenceRecord: z
    .enum(['true', 'false', 'record-from-start', 'do-not-record'])
    .default('do-not-record'),
  ConferenceTrim: z.enum(['do-not-trim', 'trim-silence']).optional(),
  ConferenceStatusCallback: address.optional(),
  ConferenceStatusCallbackMethod: method.default('POST'),
  ConferenceStatusCallbackEvent: words([...CONFERENCE_EVENTS, 'speaker', 'announcement']).default(
    [],
  ),
  ConferenceRecordingStatusCallback: address.optional(),
  ConferenceRecordingStatusCallbackMethod: method.default('POST'),
  ConferenceRecordingStatusCallbackEvent: words(RECORDING_EVENTS).default(['completed']),
} as const;
type Create = z.infer<z.ZodObject<typeof CREATE>>;

const UPDATE = {
  Muted: flag.optional(),
  Hold: flag.optional(),
  HoldUrl: z.string().optional(),
  HoldMethod: method.default('GET'),
  EndConferenceOnExit: flag.optional(),
  Coaching: flag.optional(),
  CallSidToCoach: z.string().optional(),
} as const;

const LIST = {
  ...PAGE_FIELDS,
  Muted: flag.optional(),
  Hold: flag.optional(),
  Coaching: flag.optional(),
} as const;

export interface ParticipantRouteParts {
  ledger: Ledger;
  switchboard: Switchboard;
  conferences: Conferences;
  present: Presenter;
}

interface InConference {
  Params: { conference: string };
}
interface InParticipant {
  Params: { conference: string; name: string };
}

export function participantRoutes(scope: Api, parts: ParticipantRouteParts): void {
  const { ledger, conferences, present } = parts;
  const shown = (conference: Conference, participant: Participant) =>
    present.participant(conference.sid, participant.record, participant.status);
  const found = (request: { url: string; params: InParticipant['Params'] }) => {
    const conference = conferences.find(request.params.conference);
    const participant = conference?.participant(request.params.name);
    if (!conference || !participant) throw notFound(request.url);
    return { conference, participant };
  };

  scope.post<InConference>('/Conferences/:conference/Participants.json', async (request, reply) => {
    const read = fields(request.body, CREATE);
    const conference = conferenceFor(request.params.conference, read, parts, request.url);
    const { participant, start } = add(conference, read, parts);
    const body = shown(conference, participant);
    start();
    return reply.code(201).send(body);
  });

  scope.get<InConference>('/Conferences/:conference/Participants.json', async (request) => {
    const read = fields(request.query, LIST);
    const { conference: sid } = request.params;
    if (!ledger.conferences.has(sid)) throw notFound(request.url);
    const live = conferences.find(sid);
    const fits = ({ participant: { record } }: { participant: Participant }) =>
      (read.Muted === undefined || record.muted === read.Muted) &&
      (read.Hold === undefined || record.hold === read.Hold) &&
      (read.Coaching === undefined || record.coaching === read.Coaching);
    const items = (live?.participants() ?? []).map((participant) => ({
      sid: participant.call.sid,
      participant,
    }));
    const path = present.path(`/Conferences/${sid}/Participants.json`);
    const place = { path, query: request.query };
    return page('participants', items, fits, read, place, ({ participant }) =>
      present.participant(sid, participant.record, participant.status),
    );
  });

  const one = '/Conferences/:conference/Participants/:name.json';
  scope.get<InParticipant>(one, async (request) => {
    fields(request.query, {});
    const { conference, participant } = found(request);
    return shown(conference, participant);
  });

  scope.post<InParticipant>(one, async (request) => {
    const read = fields(request.body, UPDATE);
    const { conference, participant } = found(request);
    const change: ParticipantChange = {};
    if (read.Muted !== undefined) change.muted = read.Muted;
    if (read.Hold !== undefined) change.hold = read.Hold;
    if (read.Hold === true) change.holdMusic = musicOf(read.HoldUrl, read.HoldMethod);
    if (read.EndConferenceOnExit !== undefined) {
      change.endConferenceOnExit = read.EndConferenceOnExit;
    }
    if (read.Coaching === false) change.coach = null;
    else if (read.CallSidToCoach !== undefined) change.coach = read.CallSidToCoach;
    conference.change(participant, change);
    return shown(conference, participant);
  });

  scope.delete<InParticipant>(one, async (request, reply) => {
    fields(request.query, {});
    const { conference, participant } = found(request);
    conference.remove(participant, true);
    return reply.code(204).send();
  });
}

/**
 * A sid means that very conference; one that is over is not found, and nobody is called. Any other
 * text is a name: that conference is made when it does not live yet.
 */
function conferenceFor(
  name: string,
  read: Create,
  { conferences, ledger }: ParticipantRouteParts,
  url: string,
): Conference {
  if (isSid(name, 'CF') || ledger.conferences.has(name)) {
    const conference = conferences.find(name);
    if (!conference) throw notFound(url);
    return conference;
  }
  const { ConferenceStatusCallback, ConferenceStatusCallbackMethod } = read;
  const events = CONFERENCE_EVENTS.filter((event) =>
    read.ConferenceStatusCallbackEvent.includes(event),
  );
  const callback: ConferenceCallback | null =
    ConferenceStatusCallback === undefined
      ? null
      : { url: ConferenceStatusCallback, method: ConferenceStatusCallbackMethod, events };
  return conferences.named(name, callback);
}

function add(
  conference: Conference,
  read: Create,
  { switchboard }: ParticipantRouteParts,
): { participant: Participant; start: () => void } {
  const label = read.Label ?? null;
  // Looked at before anybody is called: a call that cannot join must not exist.
  conference.checkRoomFor(label, read.MaxParticipants);
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
  });
  const participant = conference.add(
    call,
    {
      label,
      muted: read.Muted,
      startConferenceOnEnter: read.StartConferenceOnEnter,
      endConferenceOnExit: read.EndConferenceOnExit,
      coach: read.Coaching ? (read.CallSidToCoach ?? null) : null,
      wait: musicOf(read.WaitUrl, read.WaitMethod),
      left: null,
    },
    read.MaxParticipants,
  );
  if (read.ConferenceRecord === 'true' || read.ConferenceRecord === 'record-from-start') {
    const url = read.ConferenceRecordingStatusCallback;
    conference.wantRecording(
      url === undefined
        ? null
        : {
            url,
            method: read.ConferenceRecordingStatusCallbackMethod,
            events: read.ConferenceRecordingStatusCallbackEvent,
          },
    );
  }
  return { participant, start };
}
