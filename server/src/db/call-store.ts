import { type Kysely, sql, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { CallRecord, NewCall } from '../call/call.ts';
import { begin, decide } from '../call/decide.ts';
import type { Fact } from '../call/facts.ts';
import { ringMs, talkMs } from '../call/present.ts';
import type { Decision } from '../call/turn.ts';
import { Problem } from '../problem.ts';
import { enqueueEffects } from './effect-jobs.ts';
import { claimKey, type IdempotencyKey } from './idempotency.ts';
import type { Database } from './schema.ts';

export interface Applied {
  call: CallRecord;
  /** Why the fact changed nothing; null when it did. */
  absorbed: string | null;
}

/** How often a lost race is run again. Facts about one call come a few at a time. */
const RACES = 50;

/** Calls are written only here: read, decide, write if still what was read, then the effects. */
export class CallStore {
  constructor(
    private readonly db: Kysely<Database>,
    private readonly log: Logger,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Begins a call. With a key that was used before, the earlier call is the answer and nothing is
   * begun. Throws call.agent_busy, idempotency.key_reused.
   */
  async create(
    wanted: NewCall,
    key: IdempotencyKey | null,
  ): Promise<{ call: CallRecord; isNew: boolean }> {
    const decision = begin(wanted, this.now());
    try {
      return await this.db.transaction().execute(async (transaction) => {
        const { call } = decision;
        await transaction
          .insertInto('call')
          .values({
            id: call.id,
            direction: call.direction,
            agent_id: call.agent.id,
            agent_name: call.agent.name,
            team_id: call.agent.teamId,
            customer_number: call.customer.number,
            customer_name: call.customer.name,
            created_at: new Date(call.createdAt),
            ...this.changingColumns(call),
          })
          .execute();
        // After the call, because it refers to it; before anything that cannot be undone.
        if (key !== null) {
          const earlier = await claimKey(transaction, key, call.id);
          if (earlier !== null) throw new RepeatedRequest(earlier);
        }
        await writeConsequences(transaction, decision, call.createdAt);
        return { call, isNew: true };
      });
    } catch (error) {
      const earlierId = await this.earlierCall(error, key);
      if (earlierId === null) throw error;
      return { call: await this.get(earlierId), isNew: false };
    }
  }

  /**
   * Tells a call a fact. Null when there is no such call. `happenedAt` (ms since 1970) is for facts
   * learnt long after they happened; it is never taken to be in the future or before the call.
   */
  async apply(callId: string, fact: Fact, happenedAt?: number): Promise<Applied | null> {
    for (let race = 0; race < RACES; race += 1) {
      const before = await this.find(callId);
      if (before === null) return null;
      const now = this.now();
      const at = Math.max(before.createdAt, Math.min(happenedAt ?? now, now));
      const decision = decide(before, fact, at);
      if (decision.absorbed !== null) {
        this.log.debug({ callId, fact, why: decision.absorbed }, 'fact absorbed');
        return { call: before, absorbed: decision.absorbed };
      }
      const call = { ...decision.call, version: before.version + 1 };
      if (await this.write({ ...decision, call }, before.version, at)) {
        this.log.debug({ callId, fact: fact.kind, state: call.state }, 'fact applied');
        return { call, absorbed: null };
      }
    }
    throw new Error(`Call ${callId} changed ${RACES} times under one fact (${fact.kind}).`);
  }

  async find(callId: string): Promise<CallRecord | null> {
    const row = await this.db
      .selectFrom('call')
      .select('body')
      .where('id', '=', callId)
      .executeTakeFirst();
    return row?.body ?? null;
  }

  /** Which of these carrier's ids belong to customers' legs of other calls. */
  async customerSidsOfOthers(callId: string, sids: readonly string[]): Promise<Set<string>> {
    return this.sidsOfOthers('customer_sid', callId, sids);
  }

  /** Which of these carrier's ids belong to agents' legs of other calls. */
  async agentSidsOfOthers(callId: string, sids: readonly string[]): Promise<Set<string>> {
    return this.sidsOfOthers('agent_sid', callId, sids);
  }

  private async sidsOfOthers(
    column: 'agent_sid' | 'customer_sid',
    callId: string,
    sids: readonly string[],
  ): Promise<Set<string>> {
    if (sids.length === 0) return new Set();
    const rows = await this.db
      .selectFrom('call')
      .select(`${column} as sid`)
      .where(column, 'in', sids)
      .where('id', '<>', callId)
      .execute();
    return new Set(rows.flatMap((row) => row.sid ?? []));
  }

  private async get(callId: string): Promise<CallRecord> {
    const call = await this.find(callId);
    if (call === null) throw new Error(`Call ${callId} is gone.`);
    return call;
  }

  private async write(decision: Decision, readVersion: number, at: number): Promise<boolean> {
    return this.db.transaction().execute(async (transaction) => {
      const written = await transaction
        .updateTable('call')
        .set(this.changingColumns(decision.call))
        .where('id', '=', decision.call.id)
        .where('version', '=', readVersion)
        .executeTakeFirst();
      if (written.numUpdatedRows === 0n) return false;
      await writeConsequences(transaction, decision, at);
      return true;
    });
  }

  private async earlierCall(error: unknown, key: IdempotencyKey | null): Promise<string | null> {
    if (error instanceof RepeatedRequest) return error.callId;
    if (!isRunningCallConflict(error)) return null;
    // The running call may be the very one that this key began.
    const earlier = key === null ? null : await claimKey(this.db, key, null);
    if (earlier !== null) return earlier;
    throw new Problem(
      'call.agent_busy',
      'You have a call running. End it before you start another.',
    );
  }

  private changingColumns(call: CallRecord) {
    return {
      version: call.version,
      state: call.state,
      connected_at: dateOrNull(call.connectedAt),
      ended_at: dateOrNull(call.endedAt),
      outcome: call.outcome,
      ended_by: call.endedBy,
      end_reason: call.endReason,
      ring_ms: ringMs(call),
      talk_ms: talkMs(call),
      agent_sid: call.legs.agent.sid,
      customer_sid: call.legs.customer.sid,
      room_sid: call.room?.sid ?? null,
      changed_at: new Date(this.now()),
      body: JSON.stringify(call),
    };
  }
}

/** Carries the earlier call's id out of a transaction that must not be kept. */
class RepeatedRequest extends Error {
  constructor(readonly callId: string) {
    super('This request was answered before.');
  }
}

/** The effects as jobs, then the events: their numbers are given out under a lock until commit. */
async function writeConsequences(
  transaction: Transaction<Database>,
  { call, effects, happenings }: Decision,
  at: number,
): Promise<void> {
  await enqueueEffects(transaction, call.id, effects);
  if (happenings.length === 0) return;
  const events = happenings.map((happening) => ({
    ...happening,
    at: new Date(at).toISOString(),
    offsetMs: at - call.createdAt,
  }));
  await sql`select append_call_events(${call.id}, ${JSON.stringify(events)}::jsonb)`.execute(
    transaction,
  );
}

function dateOrNull(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}

function isRunningCallConflict(error: unknown): boolean {
  return (
    error instanceof Error &&
    'constraint' in error &&
    error.constraint === 'call_one_running_per_agent'
  );
}
