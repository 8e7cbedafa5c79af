import type { RecordingFlag, RecordingProblem } from '@offhook/contract';
import type { LegRole } from './call.ts';

/** Small things a source said that support may need: sids, codes. Goes to the timeline. */
export type Detail = Record<string, string | number | boolean | null>;

/**
 * Everything that can happen to a call. Facts may come late, twice or out of order; the rules
 * absorb what they know already.
 */
export type Fact =
  | HangUpAsked
  | AgentLegAsked
  | AgentDialled
  | AgentNotDialled
  | CustomerDialled
  | CustomerNotDialled
  | LegProgress
  | LegFinished
  | LegAlive
  | Joined
  | Left
  | RoomEnded
  | DeadlinePassed
  | RecordingFact;

/** The agent pressed End, or somebody who may asked the API. */
export interface HangUpAsked {
  kind: 'hang_up_asked';
  /** The person's name. */
  by: string;
}

/** The carrier has the agent's leg and asks what to do with it. */
export interface AgentLegAsked {
  kind: 'agent_leg_asked';
  sid: string;
}

/** The carrier took the order to ring the agent's SIP phone. */
export interface AgentDialled {
  kind: 'agent_dialled';
  sid: string;
}

/** As with the customer, but for a room: there is none yet. */
export interface AgentNotDialled {
  kind: 'agent_not_dialled';
  why: Exclude<NotDialledWhy, 'room_gone'>;
  detail: Detail;
}

/** The carrier took the order to ring the customer. */
export interface CustomerDialled {
  kind: 'customer_dialled';
  sid: string;
}

/**
 * cancelled: the call was over before the carrier was asked. room_gone: the room had ended.
 * refused: the carrier said no. not_in_service: it says nobody has that number. failed: it could
 * not be reached, so nothing was dialled. unknown: nobody can say whether it was.
 */
export type NotDialledWhy =
  'cancelled' | 'room_gone' | 'refused' | 'not_in_service' | 'failed' | 'unknown';

export interface CustomerNotDialled {
  kind: 'customer_not_dialled';
  why: NotDialledWhy;
  detail: Detail;
}

export interface LegProgress {
  kind: 'leg_progress';
  leg: LegRole;
  sid: string;
  stage: 'initiated' | 'ringing' | 'answered';
}

export type FinishedHow =
  | 'completed'
  | 'busy'
  | 'no_answer'
  | 'cancelled'
  | 'not_in_service'
  | 'refused'
  | 'no_codec'
  | 'failed';

/** A leg is over. */
export interface LegFinished {
  kind: 'leg_finished';
  leg: LegRole;
  sid: string;
  how: FinishedHow;
  detail: Detail;
}

/** Somebody looked, and the leg is still there. */
export interface LegAlive {
  kind: 'leg_alive';
  leg: LegRole;
  sid: string;
}

export interface Joined {
  kind: 'joined';
  leg: LegRole;
  sid: string;
  roomSid: string;
}

/**
 * hung_up: by itself. room_ended: somebody else's leaving ended the room. by_api: ended or removed
 * over the carrier's API. unknown: the carrier does not say.
 */
export type LeftWhy = 'hung_up' | 'room_ended' | 'by_api' | 'unknown';

export interface Left {
  kind: 'left';
  leg: LegRole;
  sid: string;
  roomSid: string;
  why: LeftWhy;
  /** How the leg itself stands, where the carrier says: a busy phone "leaves" an early-media room. */
  how: FinishedHow | null;
  detail: Detail;
}

export interface RoomEnded {
  kind: 'room_ended';
  roomSid: string;
  /** The leg whose leaving ended it; null when none did, or the carrier does not say. */
  bySid: string | null;
  byApi: boolean;
  detail: Detail;
}

/**
 * agent_join: the agent's leg should be in the room by now. ring: the customer's phone has rung
 * long enough. life: no call lasts longer. explain: nobody said what ended the call. grace: the
 * agent did not come back. confirm: the legs should be gone by now. give_up: nobody ever said so.
 */
export const DEADLINES = [
  'agent_join',
  'ring',
  'life',
  'explain',
  'grace',
  'confirm',
  'give_up',
] as const;
export type Deadline = (typeof DEADLINES)[number];

export interface DeadlinePassed {
  kind: 'deadline_passed';
  which: Deadline;
}

/** `recordingId` is the carrier's sid, or any other id when the carrier never made one. */
export type RecordingFact =
  | {
      /** With a problem: it has begun, and broken off since. */
      kind: 'recording_started';
      recordingId: string;
      problem?: 'disk_full' | null;
      detail: Detail;
    }
  | {
      kind: 'recording_finished';
      recordingId: string;
      durationMs: number | null;
      /** Why it does not go to the end of the call. */
      problem?: 'disk_full' | null;
      detail: Detail;
    }
  | {
      kind: 'recording_ready';
      recordingId: string;
      durationMs: number;
      flags: RecordingFlag[];
      detail: Detail;
    }
  | { kind: 'recording_failed'; recordingId: string; problem: RecordingProblem; detail: Detail }
  | { kind: 'recording_absent'; recordingId: string; problem: RecordingProblem; detail: Detail };
