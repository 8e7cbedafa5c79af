import { z } from 'zod';
import { PhoneKind } from './person.ts';
import { Instant, Milliseconds } from './time.ts';
import { RecordingSummary } from './recording.ts';

/**
 *  connecting ──► dialling ──► ringing ──► connected
 *      │             │           │            │
 *      └─────────────┴─────┬─────┴────────────┘
 *                          ▼
 *                       ending ──► ended
 *
 * connecting: the agent's leg is on its way into the room; a SIP phone rings first.
 * dialling:   the agent is in the room; the customer has been asked for, no phone rings yet.
 * ringing:    the customer's phone rings.
 * connected:  the customer has answered and is in the room.
 * ending:     it is decided how the call ends; legs are being taken down.
 * ended:      every leg is known to be gone.
 */
export const CallState = z.enum([
  'connecting',
  'dialling',
  'ringing',
  'connected',
  'ending',
  'ended',
]);
export type CallState = z.infer<typeof CallState>;

export const Direction = z.enum(['outbound', 'inbound']);
export type Direction = z.infer<typeof Direction>;

/** completed: they were connected. cancelled: the agent's side gave up first. */
export const Outcome = z.enum(['completed', 'busy', 'no_answer', 'failed', 'cancelled']);
export type Outcome = z.infer<typeof Outcome>;

export const EndedBy = z.enum(['agent', 'customer', 'system']);
export type EndedBy = z.infer<typeof EndedBy>;

/** Why a call ended. Screens turn each into a sentence; the code is stable. */
export const EndReason = z.enum([
  'agent_hung_up', // pressed End (or asked the API), or put the SIP phone down
  'agent_left', // the agent's leg is gone: tab closed, reloaded, network lost
  'agent_never_joined', // the agent's leg did not arrive in time
  'agent_phone_unreachable', // the agent's SIP phone is not registered, or cannot be reached
  'agent_phone_busy', // it is busy, or the agent declined
  'agent_phone_not_answered', // it rang, and the agent did not pick up
  'customer_hung_up',
  'customer_busy',
  'customer_did_not_answer',
  'number_not_in_service',
  'carrier_refused', // the carrier would not place the call; the event says its code
  'carrier_no_codec', // it answered, but no codec could be agreed on (SDP); the event says its code
  'carrier_failed', // the carrier lost the call, or cannot be reached
  'carrier_unknown', // after a crash nobody could say whether the customer was dialled
  'time_limit', // a call's longest permitted life is over
]);
export type EndReason = z.infer<typeof EndReason>;

export const CallParty = z.strictObject({
  /** E.164, "+447700900001". */
  number: z.string(),
  /** A demo customer's name, later a contact's. */
  name: z.string().nullable(),
});

export const Call = z.strictObject({
  id: z.string(),
  direction: Direction,
  state: CallState,
  agent: z.strictObject({
    id: z.string(),
    name: z.string(),
    /** What the agent speaks through in this call. */
    phone: PhoneKind,
  }),
  customer: CallParty,
  createdAt: Instant,
  ringingAt: Instant.nullable(),
  connectedAt: Instant.nullable(),
  /** When the ending was decided, which is when the conversation was over. */
  endedAt: Instant.nullable(),
  /** Ring time: ringing to answer, or to the end. Null when no phone rang. */
  ringMs: Milliseconds.nullable(),
  /** Talk time: connected to the end. Null when they were never connected. */
  talkMs: Milliseconds.nullable(),
  /** The next four are null until the ending is decided. */
  outcome: Outcome.nullable(),
  endedBy: EndedBy.nullable(),
  endReason: EndReason.nullable(),
  recording: RecordingSummary.nullable(),
  /** Grows by one with every change; a screen keeps the higher one. */
  version: z.number().int(),
});
export type Call = z.infer<typeof Call>;

/** Who or what said that this happened. */
export const EventSource = z.enum(['agent', 'customer', 'carrier', 'system']);

/** One line of a call's timeline. */
export const CallEvent = z.strictObject({
  /** The number of this event among all events of the installation; see live.ts. */
  seq: z.number().int(),
  callId: z.string(),
  at: Instant,
  /** Milliseconds since the call was created. */
  offsetMs: Milliseconds,
  /** "call.created", "agent.joined", "customer.ringing", "recording.ready", … */
  kind: z.string(),
  source: EventSource,
  /** One plain English line for the timeline. */
  text: z.string(),
  /** What the source said, as it matters for support: sids, carrier codes. */
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type CallEvent = z.infer<typeof CallEvent>;
