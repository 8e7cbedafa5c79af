import { sql, type Kysely, type Transaction } from 'kysely';
import type { Database } from '../db/schema.ts';
import { enqueueForgetPhone } from '../db/phone-jobs.ts';
import { sipUsername } from './sip-username.ts';

/** The person's username: the one they have, or a new one. Needs `lockPeople`. */
export async function keptUsername(
  trx: Transaction<Database>,
  person: { id: string; name: string; sip_username: string | null },
): Promise<string> {
  if (person.sip_username !== null) return person.sip_username;
  for (let twin = 1; ; twin += 1) {
    const username = sipUsername(person.name, twin);
    const taken = await trx
      .selectFrom('person')
      .select('id')
      .where('sip_username', '=', username)
      .executeTakeFirst();
    if (taken !== undefined) continue;
    await trx
      .updateTable('person')
      .set({ sip_username: username, updated_at: sql<Date>`now()` })
      .where('id', '=', person.id)
      .execute();
    return username;
  }
}

/** Back to the browser; the carrier is told in its own time. False: there was no SIP phone. */
export async function takeSipPhone(trx: Transaction<Database>, personId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('person')
    .select('sip_credential_sid as sid')
    .where('id', '=', personId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined || row.sid === null) return false;
  await trx
    .updateTable('person')
    .set({ sip_credential_sid: null, updated_at: sql<Date>`now()` })
    .where('id', '=', personId)
    .execute();
  await enqueueForgetPhone(trx, row.sid);
  return true;
}

/** Whether anybody's phone signs in with this credential. */
export async function isCredentialInUse(db: Kysely<Database>, sid: string): Promise<boolean> {
  const row = await db
    .selectFrom('person')
    .select('id')
    .where('sip_credential_sid', '=', sid)
    .executeTakeFirst();
  return row !== undefined;
}
