import type { Kysely } from 'kysely';
import type { Database } from '../db/schema.ts';

/** Everything that is written down, and what `subject` is then. */
export type AuditAction =
  | 'setup.done' // the person
  | 'session.signed_in' // the person
  | 'session.sign_in_failed' // the person, if there is one; `detail.email`
  | 'session.signed_out' // the person
  | 'person.joined' // the person
  | 'person.changed' // the person; `detail` is what changed
  | 'person.password_set' // the person
  | 'invitation.made' // the invitation
  | 'invitation.withdrawn' // the invitation
  | 'password_link.made' // the person
  | 'team.made' // the team
  | 'api_key.made' // the key
  | 'api_key.deleted' // the key
  | 'trunk.made' // the trunk
  | 'trunk.changed' // the trunk; `detail.fields` says what, without values
  | 'trunk.deleted' // the trunk
  | 'trunk.tested' // the trunk; `detail.to` is whom it rang
  | 'sip_phone.given' // the person; `detail.username`
  | 'sip_phone.password_changed' // the person; `detail.username`
  | 'sip_phone.taken' // the person
  | 'recording.played'; // the recording

export interface AuditEntry {
  action: AuditAction;
  /** Who did it; null when nobody was signed in. */
  personId: string | null;
  subject?: string | null;
  ipAddress?: string | null;
  /** What is undefined is left out. */
  detail?: Record<string, string | number | boolean | null | undefined>;
}

/** Writes down who did what; in the caller's transaction if that is what it is given. */
export async function audit(db: Kysely<Database>, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit')
    .values({
      action: entry.action,
      person_id: entry.personId,
      subject: entry.subject ?? null,
      ip_address: entry.ipAddress ?? null,
      detail: JSON.stringify(entry.detail ?? {}),
    })
    .execute();
}
