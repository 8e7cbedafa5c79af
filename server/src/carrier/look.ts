import type { Twilio } from 'twilio';
import { type CallRecord, isOver, type LegRole } from '../call/call.ts';
import type { Fact } from '../call/facts.ts';
import { orNullIf404 } from './carrier.ts';
import { roleOf, roomEnded } from './map-conference.ts';
import { mapStatus } from './map-status.ts';

/** A fact learnt by looking, with the carrier's own (whole-second) time where it gave one. */
export interface Seen {
  fact: Fact;
  happenedAt: number | null;
}

interface SeenLeg {
  sid: string;
  status: string;
  startTime: Date | null;
  endTime: Date | null;
}

interface SeenRoom {
  sid: string;
  ended: { reason: string | null; bySid: string | null; at: Date | null } | null;
  participants: { callSid: string; label: string | null }[];
}

/**
 * Asks the carrier how a call stands, and tells it as facts, in the order in which they must have
 * happened: who joined, who answered, how the room ended, which legs are over. For callbacks that
 * were lost, and for the time when nobody was there to hear them.
 */
export async function lookAtCall(client: Twilio, call: CallRecord): Promise<Seen[]> {
  const [agent, customer, room] = await Promise.all([
    lookAtLeg(client, call.legs.agent.sid),
    lookAtLeg(client, call.legs.customer.sid),
    lookAtRoom(client, call),
  ]);
  return [
    ...phoneAsFacts(call, agent),
    ...participantsAsFacts(room),
    ...progressAsFacts(call, customer, room),
    ...roomAsFacts(room),
    ...legAsFacts(call, 'customer', customer),
    ...legAsFacts(call, 'agent', agent),
  ];
}

async function lookAtLeg(client: Twilio, sid: string | null): Promise<SeenLeg | null> {
  if (sid === null) return null;
  const leg = await orNullIf404(client.calls(sid).fetch());
  if (leg === null) return { sid, status: 'failed', startTime: null, endTime: null };
  return {
    sid,
    status: leg.status,
    startTime: dateOrNull(leg.startTime),
    endTime: dateOrNull(leg.endTime),
  };
}

async function lookAtRoom(client: Twilio, call: CallRecord): Promise<SeenRoom | null> {
  const sid = call.room?.sid ?? (await roomByName(client, call));
  if (sid === null) return null;
  const room = await orNullIf404(client.conferences(sid).fetch());
  if (room === null)
    return { sid, ended: { reason: null, bySid: null, at: null }, participants: [] };
  if (room.status === 'completed') {
    const ended = {
      reason: textOrNull(room.reasonConferenceEnded),
      bySid: textOrNull(room.callSidEndingConference),
      at: dateOrNull(room.dateUpdated),
    };
    return { sid, ended, participants: [] };
  }
  const participants = await client.conferences(sid).participants.list({ limit: 20 });
  return {
    sid,
    ended: null,
    participants: participants
      .filter(({ status }) => status === 'connected')
      .map(({ callSid, label }) => ({ callSid, label: textOrNull(label) })),
  };
}

/** The agent's join was never told: the room has the call's id for a name. */
async function roomByName(client: Twilio, call: CallRecord): Promise<string | null> {
  if (call.legs.agent.sid === null) return null;
  const rooms = await client.conferences.list({ friendlyName: call.id, limit: 1 });
  return rooms[0]?.sid ?? null;
}

/** An agent's SIP phone rings and is picked up; a browser's leg does neither. */
function phoneAsFacts(call: CallRecord, leg: SeenLeg | null): Seen[] {
  if (leg === null || call.agent.sipUri === undefined) return [];
  const status = mapStatus(leg.status, null);
  if (status?.is !== 'ringing' && status?.is !== 'answered') return [];
  const fact: Fact = { kind: 'leg_progress', leg: 'agent', sid: leg.sid, stage: status.is };
  return [{ fact, happenedAt: leg.startTime?.getTime() ?? null }];
}

function participantsAsFacts(room: SeenRoom | null): Seen[] {
  if (room === null) return [];
  const facts = room.participants.map(({ callSid, label }): Seen => ({
    fact: { kind: 'joined', leg: roleOf(label), sid: callSid, roomSid: room.sid },
    happenedAt: null,
  }));
  return facts.sort((a, b) => Number(isCustomers(a)) - Number(isCustomers(b)));
}

function isCustomers({ fact }: Seen): boolean {
  return 'leg' in fact && fact.leg === 'customer';
}

function progressAsFacts(call: CallRecord, leg: SeenLeg | null, room: SeenRoom | null): Seen[] {
  if (leg === null) return [];
  const { sid } = leg;
  const status = mapStatus(leg.status, null);
  if (status?.is === 'ringing') {
    return [
      { fact: { kind: 'leg_progress', leg: 'customer', sid, stage: 'ringing' }, happenedAt: null },
    ];
  }
  const talked = status?.is === 'finished' && status.how === 'completed' && leg.startTime !== null;
  if (status?.is !== 'answered' && !talked) return [];
  const happenedAt = leg.startTime?.getTime() ?? null;
  const answered: Seen = {
    fact: { kind: 'leg_progress', leg: 'customer', sid, stage: 'answered' },
    happenedAt,
  };
  const roomSid = room?.sid ?? call.room?.sid;
  // A room that has ended lists nobody; whoever was answered into it was in it.
  if (!talked || roomSid === undefined) return [answered];
  return [answered, { fact: { kind: 'joined', leg: 'customer', sid, roomSid }, happenedAt }];
}

function roomAsFacts(room: SeenRoom | null): Seen[] {
  if (room?.ended == null) return [];
  const { reason, bySid, at } = room.ended;
  return [{ fact: roomEnded(room.sid, reason, bySid), happenedAt: at?.getTime() ?? null }];
}

function legAsFacts(call: CallRecord, role: LegRole, leg: SeenLeg | null): Seen[] {
  if (leg === null) return [];
  const { sid } = leg;
  const status = mapStatus(leg.status, null);
  if (status?.is === 'finished') {
    const detail = { sid, status: leg.status, seen: 'by looking' };
    return [
      {
        fact: { kind: 'leg_finished', leg: role, sid, how: status.how, detail },
        happenedAt: leg.endTime?.getTime() ?? null,
      },
    ];
  }
  if (!isOver(call)) return [];
  return [{ fact: { kind: 'leg_alive', leg: role, sid }, happenedAt: null }];
}

/** The official client says null for what is missing, whatever its types say. */
function dateOrNull(date: Date | null | undefined): Date | null {
  return date instanceof Date && !Number.isNaN(date.getTime()) ? date : null;
}

function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
