import { sql, type Transaction } from 'kysely';
import type { Effect } from '../call/effects.ts';
import { DEADLINES } from '../call/facts.ts';
import type { Database } from './schema.ts';

/** The names of the jobs that effects become, with what each carries. */
export interface EffectPayloads {
  'carrier.dial': { callId: string };
  'carrier.dial_agent': { callId: string };
  'carrier.end_leg': { callId: string; leg: 'agent' | 'customer'; sid: string };
  'carrier.end_room': { callId: string; roomSid: string };
  'carrier.hold': { callId: string };
  'carrier.look': { callId: string };
  'call.deadline': { callId: string; which: (typeof DEADLINES)[number] };
  'recording.fetch': { callId: string; recordingId: string };
}

interface JobSpec {
  identifier: keyof EffectPayloads;
  payload: EffectPayloads[keyof EffectPayloads];
  runAt: number | null;
  /** Jobs with the same key replace each other while they wait. */
  key: string | null;
  /** Jobs of the same queue run one after another. */
  queue: string | null;
  maxAttempts: number;
}

/** A dial is looked up, not repeated, so few attempts are enough; the rest is worth insisting on. */
const ATTEMPTS = { dial: 3, insist: 25 } as const;

/** Stores the effects as jobs, in the transaction that stores the decision. */
export async function enqueueEffects(
  transaction: Transaction<Database>,
  callId: string,
  effects: readonly Effect[],
): Promise<void> {
  for (const effect of effects) {
    if (effect.kind === 'forget_deadlines') {
      await forgetDeadlines(transaction, callId);
      continue;
    }
    const job = jobOf(callId, effect);
    await sql`
      select graphile_worker.add_job(
        ${job.identifier},
        payload := ${JSON.stringify(job.payload)}::json,
        run_at := ${job.runAt === null ? null : new Date(job.runAt)}::timestamptz,
        max_attempts := ${job.maxAttempts}::integer,
        queue_name := ${job.queue}::text,
        job_key := ${job.key}::text
      )`.execute(transaction);
  }
}

/** A look at this call's standing with the carrier, as soon as possible. */
export function lookJob(callId: string): JobSpec {
  return jobOf(callId, { kind: 'look', at: 0 });
}

type Doing = Exclude<Effect, { kind: 'forget_deadlines' }>;

function jobOf(callId: string, effect: Doing): JobSpec {
  const now = { runAt: null, key: null, queue: null, maxAttempts: ATTEMPTS.insist };
  switch (effect.kind) {
    case 'dial_customer':
    case 'dial_agent':
      return {
        ...now,
        identifier: effect.kind === 'dial_agent' ? 'carrier.dial_agent' : 'carrier.dial',
        payload: { callId },
        maxAttempts: ATTEMPTS.dial,
      };
    case 'end_leg':
      return {
        ...now,
        identifier: 'carrier.end_leg',
        payload: { callId, leg: effect.leg, sid: effect.sid },
      };
    case 'end_room':
      return {
        ...now,
        identifier: 'carrier.end_room',
        payload: { callId, roomSid: effect.roomSid },
      };
    case 'settle_hold':
      return {
        ...now,
        identifier: 'carrier.hold',
        payload: { callId },
        // Two at once could reach the carrier in the wrong order.
        queue: `hold:${callId}`,
      };
    case 'look':
      return {
        ...now,
        identifier: 'carrier.look',
        payload: { callId },
        runAt: effect.at,
        key: `look:${callId}`,
      };
    case 'set_deadline':
      return {
        ...now,
        identifier: 'call.deadline',
        payload: { callId, which: effect.which },
        runAt: effect.at,
        key: deadlineKey(callId, effect.which),
      };
    case 'fetch_recording':
      return {
        ...now,
        identifier: 'recording.fetch',
        payload: { callId, recordingId: effect.recordingId },
        key: `fetch:${effect.recordingId}`,
      };
  }
}

async function forgetDeadlines(transaction: Transaction<Database>, callId: string): Promise<void> {
  const keys = DEADLINES.map((which) => deadlineKey(callId, which));
  await sql`
    select graphile_worker.remove_job(key) from unnest(${keys}::text[]) as key
  `.execute(transaction);
}

function deadlineKey(callId: string, which: string): string {
  return `deadline:${callId}:${which}`;
}
