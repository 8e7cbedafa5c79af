import type { LegRole } from '../call/call.ts';
import type { Detail, Joined, Left, LeftWhy, RoomEnded } from '../call/facts.ts';
import { mapStatus } from './map-status.ts';
import { type CallbackForm, field } from './payload.ts';
import { AGENT_LABEL } from './twiml.ts';

/**
 * A conference's status callback as a fact; null for events we make nothing of.
 * https://www.twilio.com/docs/voice/twiml/conference#attributes-statusCallbackEvent
 */
export function mapConference(form: CallbackForm): Joined | Left | RoomEnded | null {
  const roomSid = field(form, 'ConferenceSid');
  if (roomSid === null) return null;
  switch (field(form, 'StatusCallbackEvent')) {
    case 'participant-join':
      return mapJoin(form, roomSid);
    case 'participant-leave':
      return mapLeave(form, roomSid);
    case 'conference-end':
      return mapEnd(form, roomSid);
    default:
      return null;
  }
}

export function roleOf(label: string | null): LegRole {
  return label === AGENT_LABEL ? 'agent' : 'customer';
}

function mapJoin(form: CallbackForm, roomSid: string): Joined | null {
  const sid = field(form, 'CallSid');
  if (sid === null) return null;
  return { kind: 'joined', leg: roleOf(field(form, 'ParticipantLabel')), sid, roomSid };
}

function mapLeave(form: CallbackForm, roomSid: string): Left | null {
  const sid = field(form, 'CallSid');
  if (sid === null) return null;
  const reason = field(form, 'ReasonParticipantLeft');
  const status = mapStatus(field(form, 'ParticipantCallStatus') ?? '', null);
  return {
    kind: 'left',
    leg: roleOf(field(form, 'ParticipantLabel')),
    sid,
    roomSid,
    why: mapReason(reason),
    how: status?.is === 'finished' ? status.how : null,
    detail: compact({ sid, reason, status: field(form, 'ParticipantCallStatus') }),
  };
}

function mapReason(reason: string | null): LeftWhy {
  switch (reason) {
    case 'participant_hung_up':
      return 'hung_up';
    case 'moderator_ended_conference':
      return 'room_ended';
    case 'conference_ended_via_api':
    case 'participant_updated_via_api':
      return 'by_api';
    default:
      return 'unknown';
  }
}

function mapEnd(form: CallbackForm, roomSid: string): RoomEnded {
  const reason = field(form, 'ReasonConferenceEnded');
  return roomEnded(roomSid, reason, field(form, 'CallSidEndingConference'));
}

/** Also for a conference that was fetched: the resource says the same as the callback. */
export function roomEnded(roomSid: string, reason: string | null, bySid: string | null): RoomEnded {
  return {
    kind: 'room_ended',
    roomSid,
    bySid,
    byApi: reason === 'conference-ended-via-api',
    detail: compact({ room: roomSid, reason, by: bySid }),
  };
}

function compact(detail: Detail): Detail {
  return Object.fromEntries(Object.entries(detail).filter(([, value]) => value !== null));
}
