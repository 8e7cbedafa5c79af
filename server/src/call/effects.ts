import type { Deadline } from './facts.ts';
import type { LegRole } from './call.ts';

/** What is to be done because of a decision. Stored with it, done after it, never before. */
export type Effect =
  /** Ring the agent's SIP phone. At most once in a call's life. */
  | { kind: 'dial_agent' }
  /** Ring the customer into the room. At most once in a call's life. */
  | { kind: 'dial_customer' }
  | { kind: 'end_leg'; leg: LegRole; sid: string }
  | { kind: 'end_room'; roomSid: string }
  /** Hold music for a customer whom the agent left alone, none once the agent is back. */
  | { kind: 'settle_hold' }
  /** Ask the carrier how things stand, at this moment (ms since 1970). */
  | { kind: 'look'; at: number }
  | { kind: 'set_deadline'; which: Deadline; at: number }
  | { kind: 'forget_deadlines' }
  | { kind: 'fetch_recording'; recordingId: string };
