import { z } from 'zod';
import type { Ledger } from '../journal/ledger.ts';
import type { Switchboard } from '../leg/switchboard.ts';
import type { CallRecordings } from '../recording/call-recordings.ts';
import type { Conference } from '../room/conference.ts';
import type { Conferences } from '../room/conferences.ts';
import { musicOf } from '../room/music.ts';
import type { Participant, ParticipantChange } from '../room/participant.ts';
import type { Admission } from './admission.ts';
import type { Api } from './app.ts';
import { address, fields, flag, method, musicAddress } from './fields.ts';
import { page, PAGE_FIELDS } from './paging.ts';
import { addParticipant, conferenceFor, readCreate } from './participant-create.ts';
import type { Presenter } from './present.ts';
import { ApiProblem, notFound } from './problem.ts';

const UPDATE = {
  Muted: flag.optional(),
  Hold: flag.optional(),
  HoldUrl: musicAddress.optional(),
  HoldMethod: method.default('GET'),
  AnnounceUrl: address.optional(),
  AnnounceMethod: method.default('POST'),
  WaitUrl: musicAddress.optional(),
  WaitMethod: method.default('POST'),
  BeepOnExit: flag.optional(),
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
  callRecordings: CallRecordings;
  admission: Admission;
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

  const all = '/Conferences/:conference/Participants.json';
  scope.post<InConference>(all, { onRequest: parts.admission.hook }, async (request, reply) => {
    const read = readCreate(request.body);
    const conference = conferenceFor(request.params.conference, read, parts, request.url);
    const { participant, start } = addParticipant(conference, read, parts);
    const body = shown(conference, participant);
    start();
    return reply.code(201).send(body);
  });

  scope.get<InConference>(all, async (request) => {
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
    conference.change(participant, changeOf(read));
    if (read.AnnounceUrl !== undefined) {
      conference.announce(read.AnnounceUrl, read.AnnounceMethod, participant);
    }
    return shown(conference, participant);
  });

  scope.delete<InParticipant>(one, async (request, reply) => {
    fields(request.query, {});
    const { conference, participant } = found(request);
    conference.remove(participant, true);
    return reply.code(204).send();
  });
}

function changeOf(read: z.infer<z.ZodObject<typeof UPDATE>>): ParticipantChange {
  const change: ParticipantChange = {};
  if (read.Muted !== undefined) change.muted = read.Muted;
  if (read.Hold !== undefined) change.hold = read.Hold;
  if (read.Hold === true) change.holdMusic = musicOf(read.HoldUrl, read.HoldMethod);
  if (read.WaitUrl !== undefined) change.wait = musicOf(read.WaitUrl, read.WaitMethod);
  if (read.BeepOnExit !== undefined) change.beepOnExit = read.BeepOnExit;
  if (read.EndConferenceOnExit !== undefined) change.endConferenceOnExit = read.EndConferenceOnExit;
  if (read.Coaching === false) change.coach = null;
  else if (read.CallSidToCoach !== undefined) change.coach = read.CallSidToCoach;
  else if (read.Coaching === true) {
    throw new ApiProblem(400, 20_001, 'Invalid parameter Coaching: CallSidToCoach is missing');
  }
  return change;
}
