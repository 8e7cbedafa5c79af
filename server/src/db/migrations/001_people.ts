import { sql, type Kysely } from 'kysely';

/** People, how they sign in, and who did what. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table team (
      id text primary key,
      name text not null,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create unique index team_name on team (lower(name))`.execute(db);
  await sql`
    create table person (
      id text primary key,
      name text not null,
      email text not null unique,
      email_verified boolean not null default false,
      image text,
      role text not null check (role in ('agent', 'supervisor', 'administrator')),
      team_id text references team,
      active boolean not null default true,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index person_team on person (team_id)`.execute(db);
  await createSignIn(db);
  await createLinksAndKeys(db);
}

/** Columns as the sign-in library needs them. */
async function createSignIn(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table session (
      id text primary key,
      person_id text not null references person on delete cascade,
      token text not null unique,
      expires_at timestamptz not null,
      ip_address text,
      user_agent text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index session_person on session (person_id)`.execute(db);
  await sql`
    create table account (
      id text primary key,
      person_id text not null references person on delete cascade,
      account_id text not null,
      provider_id text not null,
      access_token text,
      refresh_token text,
      id_token text,
      access_token_expires_at timestamptz,
      refresh_token_expires_at timestamptz,
      scope text,
      password text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (provider_id, account_id)
    )`.execute(db);
  await sql`create index account_person on account (person_id)`.execute(db);
  await sql`
    create table verification (
      id text primary key,
      identifier text not null,
      value text not null,
      expires_at timestamptz not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index verification_identifier on verification (identifier)`.execute(db);
}

async function createLinksAndKeys(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table invitation (
      id text primary key,
      kind text not null check (kind in ('join', 'password')),
      secret_hash text not null unique,
      email text not null,
      role text check (role in ('agent', 'supervisor', 'administrator')),
      team_id text references team,
      person_id text references person on delete cascade,
      created_by text not null references person,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      used_at timestamptz
    )`.execute(db);
  await sql`
    create table api_key (
      id text primary key,
      person_id text not null references person on delete cascade,
      name text not null,
      start text not null,
      key_hash text not null unique,
      created_at timestamptz not null default now(),
      last_used_at timestamptz
    )`.execute(db);
  await sql`create index api_key_person on api_key (person_id)`.execute(db);
  await sql`
    create table audit (
      id bigint generated always as identity primary key,
      at timestamptz not null default now(),
      person_id text references person,
      action text not null,
      subject text,
      ip_address text,
      detail jsonb not null default '{}'
    )`.execute(db);
  await sql`create index audit_at on audit (at)`.execute(db);
}
