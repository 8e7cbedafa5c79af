import { sql, type Kysely } from 'kysely';

/** Stored recordings, and the ways from a recording to its call. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table recording (
      id text primary key,
      call_id text not null references call,
      started_at timestamptz(3),
      duration_ms integer not null check (duration_ms >= 0),
      channels smallint not null check (channels in (1, 2)),
      flags text[] not null default '{}',
      bytes bigint not null check (bytes > 0),
      sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
      audio_key text not null unique,
      peaks_key text not null unique,
      stored_at timestamptz not null default now(),
      carrier_copy_deleted_at timestamptz
    )`.execute(db);
  await sql`create index recording_call on recording (call_id)`.execute(db);
  // From a recording that is not stored (yet) to its call.
  await sql`
    create index call_recording on call ((body->'recording'->>'id'))
      where body->'recording'->>'id' is not null`.execute(db);
  // Conversations whose recording is still owed; few at any time.
  await sql`
    create index call_recording_owed on call (ended_at)
      where connected_at is not null
        and coalesce(body->'recording'->>'state', 'none') in ('none', 'recording', 'processing')
  `.execute(db);
}
