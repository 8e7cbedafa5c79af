import type { CallEvent } from '@offhook/contract';
import type { Expression, ExpressionBuilder, Kysely, Selectable, SqlBool } from 'kysely';
import type { CallRecord } from '../call/call.ts';
import type { Asker } from '../person/asker.ts';
import type { Database } from './schema.ts';

/**
 * Which calls the asker may see: agents their own, supervisors their own and their team's,
 * administrators all. For `where` on any query that has the table `call`.
 */
export function visibleTo(asker: Asker) {
  return (eb: ExpressionBuilder<Database, 'call'>): Expression<SqlBool> => {
    const own = eb('call.agent_id', '=', asker.personId);
    switch (asker.role) {
      case 'administrator':
        return eb.lit(true);
      case 'supervisor':
        return asker.teamId === null ? own : eb.or([own, eb('call.team_id', '=', asker.teamId)]);
      case 'agent':
        return own;
    }
  };
}

/** The same for one call at hand. */
export function maySee(asker: Asker, agent: CallRecord['agent']): boolean {
  const isOwn = agent.id === asker.personId;
  switch (asker.role) {
    case 'administrator':
      return true;
    case 'supervisor':
      return isOwn || (asker.teamId !== null && agent.teamId === asker.teamId);
    case 'agent':
      return isOwn;
  }
}

/** The newest event number; 0 before the first. */
export async function newestSeq(db: Kysely<Database>): Promise<number> {
  const row = await db
    .selectFrom('call_event')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .executeTakeFirst();
  return row?.seq ?? 0;
}

export async function findVisibleCall(
  db: Kysely<Database>,
  callId: string,
  asker: Asker,
): Promise<CallRecord | null> {
  const row = await db
    .selectFrom('call')
    .select('call.body')
    .where('call.id', '=', callId)
    .where(visibleTo(asker))
    .executeTakeFirst();
  return row?.body ?? null;
}

/** A call's whole timeline, oldest first. */
export async function eventsOf(db: Kysely<Database>, callId: string): Promise<CallEvent[]> {
  const rows = await db
    .selectFrom('call_event')
    .selectAll()
    .where('call_id', '=', callId)
    .orderBy('seq')
    .execute();
  return rows.map(presentEvent);
}

export function presentEvent(row: Selectable<Database['call_event']>): CallEvent {
  return {
    seq: row.seq,
    callId: row.call_id,
    at: row.at.toISOString(),
    offsetMs: row.offset_ms,
    kind: row.kind,
    source: row.source,
    text: row.text,
    detail: row.detail,
  };
}
