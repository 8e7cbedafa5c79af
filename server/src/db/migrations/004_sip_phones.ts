import { sql, type Kysely } from 'kysely';

/** A SIP phone in place of the browser, chosen per person. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table person
      add column sip_username text unique check (sip_username ~ '^[a-z0-9._-]{1,32}$'),
      add column sip_credential_sid text unique,
      add constraint person_sip_phone_has_a_name
        check (sip_credential_sid is null or sip_username is not null)`.execute(db);
  // Whether a leg that nobody knows belongs to another call of the same phone.
  await sql`create index call_agent_sid on call (agent_sid)`.execute(db);
}
