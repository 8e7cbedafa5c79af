import { CallsQuery } from '@offhook/contract';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../../test/support/database.ts';
import { openDatabase, type OpenDatabase } from '../src/db/database.ts';
import type { Asker } from '../src/person/asker.ts';
import { callsPage, listCalls } from '../src/report/call-list.ts';
import { writeCursor } from '../src/report/cursor.ts';
import { Calls, silent } from './recording-house.ts';

let fresh: FreshDatabase;
let database: OpenDatabase;
let calls: Calls;
const people: Record<string, Asker> = {};

beforeAll(async () => {
  fresh = await freshDatabase();
  database = openDatabase(fresh.url, silent);
  calls = new Calls(database);
  const [sales, care] = [await calls.team('Sales'), await calls.team('Care')];
  people.ada = await calls.person('Ada', 'agent', sales);
  people.bob = await calls.person('Bob', 'agent', care);
  people.sue = await calls.person('Sue', 'supervisor', sales);
  people.grace = await calls.person('Grace', 'administrator');
});
afterAll(async () => {
  await database.close();
  await fresh.drop();
});

const asker = (name: string): Asker => {
  const found = people[name];
  if (found === undefined) throw new Error(name);
  return found;
};
const list = (who: string, query: Record<string, unknown> = {}) =>
  listCalls(database.db, CallsQuery.parse(query), asker(who));
const ids = async (who: string, query: Record<string, unknown> = {}) =>
  (await list(who, query)).calls.map((call) => call.id);

/** A call that the agent gave up before anybody rang; a second after the one before. */
async function cancelled(who: string, customer?: { number: string; name: string }) {
  calls.at += 1000;
  const call = await calls.begun(asker(who), customer);
  await calls.store.apply(call.id, { kind: 'hang_up_asked', by: who });
  return call.id;
}

describe('pages', () => {
  test('newest first, each call once, while new ones come in', async () => {
    const made: string[] = [];
    for (let i = 0; i < 25; i++) made.unshift(await cancelled('ada'));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await list('ada', { limit: 10, ...(cursor === null ? {} : { cursor }) });
      seen.push(...page.calls.map((call) => call.id));
      cursor = page.nextCursor;
      await cancelled('ada');
    } while (cursor !== null);
    expect(seen).toEqual(made);
  });

  test('calls of the same millisecond are not lost between two pages', async () => {
    const bob = asker('bob');
    calls.at += 1000;
    const made: string[] = [];
    for (let i = 0; i < 7; i++) {
      const call = await calls.begun(bob);
      await calls.store.apply(call.id, { kind: 'hang_up_asked', by: 'bob' });
      made.push(call.id);
    }
    const first = await list('bob', { limit: 4 });
    const second = await list('bob', { limit: 4, cursor: first.nextCursor ?? '' });
    expect(second.nextCursor).toBeNull();
    const seen = [...first.calls, ...second.calls].map((call) => call.id);
    expect(seen.sort()).toEqual(made.sort());
  });

  test('a last page that is exactly full has no next', async () => {
    const total = (await ids('bob', { limit: 200 })).length;
    expect((await list('bob', { limit: total })).nextCursor).toBeNull();
    expect((await list('bob', { limit: total - 1 })).nextCursor).not.toBeNull();
  });

  test('a cursor that is not ours is refused', async () => {
    await expect(list('ada', { cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'request.invalid',
      fields: { cursor: expect.any(String) as string },
    });
  });
});

test('who sees which calls', async () => {
  const [a, b] = [await cancelled('ada'), await cancelled('bob')];
  expect((await ids('ada', { limit: 1 }))[0]).toBe(a);
  expect(await ids('ada', { limit: 200 })).not.toContain(b);
  const sues = await ids('sue', { limit: 200 });
  expect([sues.includes(a), sues.includes(b)]).toEqual([true, false]);
  expect(await ids('grace', { limit: 2 })).toEqual([b, a]);
  expect(await ids('ada', { agentId: asker('bob').personId })).toEqual([]);
});

test('filters', async () => {
  const from = new Date(calls.at + 1).toISOString();
  const zoe = await cancelled('ada', { number: '+33123456789', name: 'Zoë 100%' });
  calls.at += 1000;
  const talk = (await calls.talked(asker('ada'), 4000)).id;
  calls.at += 1000;
  const live = (await calls.begun(asker('ada'))).id;
  const only = (query: Record<string, unknown>) => ids('grace', { from, ...query });
  expect(await only({})).toEqual([live, talk, zoe]);
  expect(await only({ outcome: 'completed' })).toEqual([talk]);
  expect(await only({ endReason: 'agent_hung_up' })).toEqual([zoe]);
  expect(await only({ endReason: 'customer_hung_up' })).toEqual([talk]);
  expect(await only({ direction: 'inbound' })).toEqual([]);
  expect(await only({ agentId: asker('ada').personId, state: 'live' })).toEqual([live]);
  expect(await only({ state: 'ended', outcome: 'completed' })).toEqual([talk]);
  expect(await only({ customer: '+33 1 23-45' })).toEqual([zoe]);
  expect(await only({ customer: '07700 900' })).toEqual([live, talk]);
  expect(await only({ customer: 'zoë' })).toEqual([zoe]);
  expect(await only({ customer: '100%' })).toEqual([zoe]);
  expect(await only({ customer: '%' })).toEqual([zoe]);
  expect(await only({ customer: '_' })).toEqual([]);
  const [, second] = (await list('grace', { from })).calls;
  expect(await only({ to: second?.createdAt })).toEqual([zoe]);
  expect(await ids('grace', { from: second?.createdAt, limit: 5 })).toEqual([live, talk]);
  await calls.store.apply(live, { kind: 'hang_up_asked', by: 'Ada' });
});

test('the number that comes with a list is of the same moment as the calls', async () => {
  // While calls change, every list must show exactly what its number says: no call newer than it.
  let going = true;
  const writing = (async () => {
    while (going) await cancelled('bob');
  })();
  for (let i = 0; i < 40; i++) {
    const { calls: shown, seq } = await list('bob', { limit: 3 });
    const newest = shown[0]?.id ?? '';
    const row = await database.db
      .selectFrom('call_event')
      .select((eb) => eb.fn.min('seq').as('first'))
      .where('call_id', '=', newest)
      .executeTakeFirstOrThrow();
    expect(row.first).toBeLessThanOrEqual(seq);
    const later = await database.db
      .selectFrom('call_event')
      .innerJoin('call', 'call.id', 'call_event.call_id')
      .select('call.version')
      .where('call.id', '=', newest)
      .where('call_event.seq', '>', seq)
      .execute();
    // What came after the number is not in the list.
    if (later.length > 0) expect(shown[0]?.version).toBeLessThan(later[0]?.version ?? 0);
  }
  going = false;
  await writing;
});

test('a page costs the same among very many calls', async () => {
  await sql`
    insert into call (id, version, state, direction, agent_id, agent_name, team_id, customer_number,
      created_at, changed_at, body)
    select 'bulk' || n, 1, 'ended', 'outbound', agent_id, agent_name, team_id,
      customer_number, created_at - n * interval '1 second', changed_at, body
    from (select * from call limit 1) one, generate_series(1, 100000) n`.execute(database.db);
  await sql`analyze call`.execute(database.db);
  const cursor = writeCursor({ createdAt: calls.at - 5_000_000, id: 'x' });
  for (const who of ['ada', 'sue', 'grace']) {
    const query = CallsQuery.parse({ limit: 50, cursor });
    const plan = await callsPage(database.db, query, asker(who)).explain('json', sql`analyze`);
    const text = JSON.stringify(plan);
    expect(text, who).toContain('Index');
    expect(text, who).not.toContain('Seq Scan');
    expect(text, who).not.toContain('"Node Type":"Sort"');
    expect(readRows(plan), who).toBeLessThan(2000);
  }
});

/** The most rows that any step of a plan produced or threw away. */
function readRows(plan: unknown): number {
  if (typeof plan !== 'object' || plan === null) return 0;
  const numbers = Object.entries(plan).map(([key, value]) =>
    typeof value === 'number' && (key === 'Actual Rows' || key.startsWith('Rows Removed'))
      ? value
      : readRows(value),
  );
  return Math.max(0, ...numbers);
}
