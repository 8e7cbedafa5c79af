import { sql, type Kysely } from 'kysely';

/** Calls, their numbered events, and the keys that make POST /api/calls safe to repeat. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createCalls(db);
  await createEvents(db);
  await sql`
    create table idempotency_key (
      person_id text not null references person,
      key text not null,
      body_hash text not null,
      call_id text not null references call,
      created_at timestamptz not null default now(),
      primary key (person_id, key)
    )`.execute(db);
  await sql`create index idempotency_key_created on idempotency_key (created_at)`.execute(db);
}

async function createCalls(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table call (
      id text primary key,
      version integer not null,
      state text not null check (state in
        ('connecting', 'dialling', 'ringing', 'connected', 'ending', 'ended')),
      direction text not null check (direction in ('outbound', 'inbound')),
      agent_id text not null references person,
      agent_name text not null,
      team_id text,
      customer_number text not null,
      customer_name text,
      created_at timestamptz not null,
      connected_at timestamptz,
      ended_at timestamptz,
      outcome text,
      ended_by text,
      end_reason text,
      ring_ms integer,
      talk_ms integer,
      agent_sid text,
      customer_sid text,
      room_sid text,
      changed_at timestamptz not null,
      body jsonb not null
    )`.execute(db);
  // Two tabs racing: the database lets one of them through.
  await sql`
    create unique index call_one_running_per_agent on call (agent_id)
      where state not in ('ending', 'ended')`.execute(db);
  await sql`create index call_live on call (changed_at) where state <> 'ended'`.execute(db);
  await sql`create index call_newest on call (created_at desc, id desc)`.execute(db);
  await sql`create index call_agent on call (agent_id, created_at desc, id desc)`.execute(db);
  await sql`create index call_team on call (team_id, created_at desc, id desc)`.execute(db);
  await sql`create index call_customer_sid on call (customer_sid)`.execute(db);
}

/**
 * Event numbers are given out under a lock that is held until the transaction commits, so they
 * appear in the order of their numbers. The function is called last before the commit, which keeps
 * the lock short.
 */
async function createEvents(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table call_event (
      seq bigint generated always as identity primary key,
      call_id text not null references call,
      at timestamptz not null,
      offset_ms integer not null,
      kind text not null,
      source text not null check (source in ('agent', 'customer', 'carrier', 'system')),
      text text not null,
      detail jsonb not null
    )`.execute(db);
  await sql`create index call_event_call on call_event (call_id, seq)`.execute(db);
  await sql`
    create function append_call_events(the_call text, events jsonb) returns bigint
    language plpgsql as $$
    declare
      newest bigint;
    begin
      perform pg_advisory_xact_lock(7241001);
      with written as (
        insert into call_event (call_id, at, offset_ms, kind, source, text, detail)
        select the_call, (e->>'at')::timestamptz, (e->>'offsetMs')::integer, e->>'kind',
          e->>'source', e->>'text', e->'detail'
        from jsonb_array_elements(events) with ordinality as given(e, place)
        order by place
        returning seq
      )
      select max(seq) into newest from written;
      perform pg_notify('offhook_events', newest::text);
      return newest;
    end
    $$`.execute(db);
}
