import type { Ledger } from '../journal/ledger.ts';
import type { Call } from '../leg/call.ts';
import type { Switchboard } from '../leg/switchboard.ts';
import type { Conferences } from '../room/conferences.ts';

export interface LiveParts {
  ledger: Ledger;
  switchboard: Switchboard;
  conferences: Conferences;
  /** Who is registered, an identity as often as it has browsers. */
  identities: () => string[];
}

interface LiveCall {
  sid: string;
  parentCallSid: string | null;
  from: string;
  to: string;
  direction: string;
  status: string;
  createdAt: number;
  answeredAt: number | null;
}

/** What is going on now. Times in ms of Date.now(). */
export interface Live {
  now: number;
  calls: LiveCall[];
  rooms: {
    sid: string;
    name: string;
    status: string;
    createdAt: number;
    recordings: string[];
    participants: {
      callSid: string;
      label: string | null;
      status: string;
      muted: boolean;
      hold: boolean;
      coaching: boolean;
      who: string;
    }[];
  }[];
  identities: { identity: string; browsers: number }[];
}

export function liveNow({ ledger, switchboard, conferences, identities }: LiveParts): Live {
  const recording = [...ledger.recordings.values()].filter(
    ({ status }) => status === 'in-progress',
  );
  const browsers = new Map<string, number>();
  for (const one of identities()) browsers.set(one, (browsers.get(one) ?? 0) + 1);
  return {
    now: Date.now(),
    calls: switchboard.live().map(({ record }) => ({
      sid: record.sid,
      parentCallSid: record.parentCallSid,
      from: record.from,
      to: record.to,
      direction: record.direction,
      status: record.status,
      createdAt: record.createdAt,
      answeredAt: record.answeredAt,
    })),
    rooms: conferences.live().map((room) => ({
      sid: room.sid,
      name: room.record.friendlyName,
      status: room.record.status,
      createdAt: room.record.createdAt,
      recordings: recording
        .filter(({ conferenceSid }) => conferenceSid === room.sid)
        .map(({ sid }) => sid),
      participants: room.participants().map(({ call, status, record }) => ({
        callSid: call.sid,
        label: record.label,
        status,
        muted: record.muted,
        hold: record.hold,
        coaching: record.coaching,
        who: farEnd(call),
      })),
    })),
    identities: [...browsers]
      .map(([identity, count]) => ({ identity, browsers: count }))
      .sort((a, b) => a.identity.localeCompare(b.identity)),
  };
}

function farEnd({ record }: Call): string {
  return record.direction === 'inbound' ? record.from : record.to;
}
