import type {
  Direction,
  EndReason,
  EndedBy,
  Outcome,
  RecordingSummary,
  CallState,
} from '@offhook/contract';

/**
 * A call as the rules know it: what the contract shows, plus what only the house needs to know
 * (legs, rooms, deadlines). Plain data: it is stored as JSON and read back unchanged. Moments are
 * milliseconds since 1970.
 */
export interface CallRecord {
  id: string;
  /** Grows by one with every stored change. */
  version: number;
  direction: Direction;
  state: CallState;
  agent: Agent;
  customer: { number: string; name: string | null };
  createdAt: number;
  ringingAt: number | null;
  connectedAt: number | null;
  /** When the ending was decided. */
  endedAt: number | null;
  outcome: Outcome | null;
  endedBy: EndedBy | null;
  endReason: EndReason | null;
  recording: RecordingSummary | null;
  legs: { agent: Leg; customer: Leg };
  /** Carrier's ids of legs that are not, or no longer, one of the two; each is ended when met. */
  strays: string[];
  room: Room | null;
  /** Something ended the call, but not yet known is what: see `Loose`. */
  loose: Loose | null;
  /** The limits this call was begun with; a change of settings leaves running calls alone. */
  limits: Limits;
}

export interface Agent {
  id: string;
  name: string;
  teamId: string | null;
  /**
   * "sip:ada@example.com" where this call is on the agent's SIP phone, which the carrier rings;
   * absent where it is in the browser, which calls the carrier by itself.
   */
  sipUri?: string;
}

export type LegRole = 'agent' | 'customer';

/**
 *  awaited ──► asked ──► live ──► gone
 *
 * awaited: nobody has been asked for it. asked: we told the carrier to dial it and do not know its
 * sid yet (the customer's leg, and an agent's SIP phone). live: the sid is known. gone: it is over,
 * or never was.
 */
export interface Leg {
  /** Our id; the customer's is also its label in the room. */
  id: string;
  standing: 'awaited' | 'asked' | 'live' | 'gone';
  /** The carrier's id. */
  sid: string | null;
  /** An agent's SIP phone only; the customer's ringing is the call's own `ringingAt`. */
  ringingAt?: number;
  answeredAt: number | null;
  joinedAt: number | null;
  leftAt: number | null;
  goneAt: number | null;
}

export interface Room {
  /** The carrier's id of the conference. */
  sid: string;
  ended: boolean;
}

/** How a call ends. */
export interface Ending {
  endedBy: EndedBy;
  reason: EndReason;
}

/**
 * Callbacks about a leg and about the room travel apart, so "the customer's leg is over" may arrive
 * before the room says who left first. The call waits for that word until the `explain` deadline;
 * then `guess` is taken.
 */
export interface Loose {
  since: number;
  guess: Ending;
}

/** All in milliseconds; config.call has the words. */
export interface Limits {
  agentJoinMs: number;
  ringMs: number;
  maxCallMs: number;
  agentGraceMs: number;
}

/** What a new call is made of. */
export interface NewCall {
  id: string;
  agentLegId: string;
  customerLegId: string;
  agent: Agent;
  customer: CallRecord['customer'];
  limits: Limits;
}

/** Since when the leg is out of the room or altogether over; null while it is neither. */
export function awayAt(leg: Leg): number | null {
  if (leg.leftAt === null) return leg.goneAt;
  return leg.goneAt === null ? leg.leftAt : Math.min(leg.leftAt, leg.goneAt);
}

/** True while a connected customer waits for an agent who may come back. */
export function isCustomerAlone(call: CallRecord): boolean {
  const { agent } = call.legs;
  return call.state === 'connected' && (agent.joinedAt === null || awayAt(agent) !== null);
}

/** True once the ending is decided. */
export function isOver(call: CallRecord): boolean {
  return call.state === 'ending' || call.state === 'ended';
}

/** A SIP phone is put down by hand; a browser may as well have lost its network. */
export function leavingMeans({ agent }: CallRecord): EndReason {
  return agent.sipUri === undefined ? 'agent_left' : 'agent_hung_up';
}

/** Whether cancelling, rather than completing, is what would end the leg. */
export function mayRing(call: CallRecord, role: LegRole): boolean {
  const { answeredAt, joinedAt } = call.legs[role];
  if (role === 'customer') return answeredAt === null;
  return call.agent.sipUri !== undefined && answeredAt === null && joinedAt === null;
}

export function newLeg(id: string): Leg {
  return {
    id,
    standing: 'awaited',
    sid: null,
    answeredAt: null,
    joinedAt: null,
    leftAt: null,
    goneAt: null,
  };
}
