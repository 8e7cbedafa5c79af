import { z } from 'zod';
import { Call, CallEvent, Direction, EndReason, Outcome } from '../call.ts';
import { Recording } from '../recording.ts';
import { Instant } from '../time.ts';

/**
 * POST /api/calls → 201 Call. Header `Idempotency-Key` (1–128 printable characters): the same key
 * and body within 24 h answer the first call again with 200 and dial nobody; the same key with
 * another body is `idempotency.key_reused`. The agent's own browser then connects its leg with
 * `device.connect({ params: { call: call.id } })`.
 */
export const CallRequest = z.strictObject({
  /** As typed: "07700 900001", "+44 7700 900001", "0044…", "+33 …". */
  to: z.string().min(1).max(64),
});
export type CallRequest = z.infer<typeof CallRequest>;

/** GET /api/calls: newest first, those the asker may see. */
export const CallsQuery = z.strictObject({
  /** From the answer before: continues after its last call. */
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  agentId: z.string().optional(),
  direction: Direction.optional(),
  outcome: Outcome.optional(),
  endReason: EndReason.optional(),
  /** Digits that the customer's number contains, or part of the name. */
  customer: z.string().max(64).optional(),
  /** Created at or after / before. */
  from: Instant.optional(),
  to: Instant.optional(),
  /** "live": not ended yet. */
  state: z.enum(['live', 'ended']).optional(),
});
export type CallsQuery = z.infer<typeof CallsQuery>;

export const CallsAnswer = z.strictObject({
  calls: z.array(Call),
  /** Null at the end. */
  nextCursor: z.string().nullable(),
  /** The newest event there was: where a live stream continues without a gap. */
  seq: z.number().int(),
});
export type CallsAnswer = z.infer<typeof CallsAnswer>;

/** GET /api/calls/:id */
export const CallDetail = z.strictObject({
  call: Call,
  events: z.array(CallEvent),
  recording: Recording.nullable(),
  seq: z.number().int(),
});
export type CallDetail = z.infer<typeof CallDetail>;

/** POST /api/calls/:id/hangup → 200 Call; harmless on a call that has ended. */
export const HangupRequest = z.strictObject({}).optional();
