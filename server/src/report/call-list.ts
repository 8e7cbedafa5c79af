import type { CallsAnswer, CallsQuery } from '@offhook/contract';
import { sql, type Kysely } from 'kysely';
import { present } from '../call/present.ts';
import { newestSeq, visibleTo } from '../db/call-queries.ts';
import type { Database } from '../db/schema.ts';
import type { Asker } from '../person/asker.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { likePart, readCustomerFilter } from './customer-filter.ts';

/**
 * A page of the calls that the asker may see, newest first. Pages go on from the last call of the
 * one before, so calls that are made meanwhile shift nothing. `seq` and the calls are of the same
 * moment: a live stream that continues after it misses no change and shows none that is older.
 * Throws request.invalid for a cursor that is not ours.
 */
export async function listCalls(
  db: Kysely<Database>,
  query: CallsQuery,
  asker: Asker,
): Promise<CallsAnswer> {
  // One snapshot for both queries.
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (snapshot) => {
      const seq = await newestSeq(snapshot);
      const rows = await callsPage(snapshot, query, asker).execute();
      const calls = rows.slice(0, query.limit).map(({ body }) => body);
      const last = rows.length > query.limit ? calls.at(-1) : undefined;
      return {
        calls: calls.map(present),
        nextCursor: last === undefined ? null : writeCursor(last),
        seq,
      };
    });
}

/** One row more than asked for, which tells whether there are more. Not run yet. */
export function callsPage(db: Kysely<Database>, query: CallsQuery, asker: Asker) {
  let rows = db
    .selectFrom('call')
    .select('call.body')
    .where(visibleTo(asker))
    .orderBy('call.created_at', 'desc')
    .orderBy('call.id', 'desc')
    .limit(query.limit + 1);
  if (query.cursor !== undefined) {
    const { createdAt, id } = readCursor(query.cursor);
    const after = sql<boolean>`(call.created_at, call.id) < (${new Date(createdAt)}, ${id})`;
    rows = rows.where(after);
  }
  if (query.agentId !== undefined) rows = rows.where('call.agent_id', '=', query.agentId);
  if (query.direction !== undefined) rows = rows.where('call.direction', '=', query.direction);
  if (query.outcome !== undefined) rows = rows.where('call.outcome', '=', query.outcome);
  if (query.endReason !== undefined) rows = rows.where('call.end_reason', '=', query.endReason);
  if (query.from !== undefined) rows = rows.where('call.created_at', '>=', new Date(query.from));
  if (query.to !== undefined) rows = rows.where('call.created_at', '<', new Date(query.to));
  if (query.state === 'live') rows = rows.where('call.state', '<>', 'ended');
  if (query.state === 'ended') rows = rows.where('call.state', '=', 'ended');
  const customer = readCustomerFilter(query.customer ?? '');
  if (customer !== null) {
    rows = rows.where((eb) =>
      eb.or([
        eb('call.customer_name', 'ilike', likePart(customer.name)),
        ...(customer.digits === null
          ? []
          : [eb('call.customer_number', 'like', likePart(customer.digits))]),
      ]),
    );
  }
  return rows;
}
