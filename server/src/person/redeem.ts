import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/schema.ts';
import { Problem } from '../problem.ts';
import { audit } from './audit.ts';
import { openInvitations, unknownInvitation } from './invitation-rows.ts';
import { insertPerson, lockPeople } from './people.ts';

export interface Redeemed {
  kind: 'join' | 'password';
  personId: string;
  email: string;
}

/** Uses a link up, once: of two that come together, the second finds it used. */
export async function redeem(
  trx: Transaction<Database>,
  secretHash: string,
  name: string | undefined,
  passwordHash: string,
): Promise<Redeemed> {
  await lockPeople(trx);
  const row = await openInvitations(trx).where('secret_hash', '=', secretHash).executeTakeFirst();
  if (row === undefined) throw unknownInvitation();
  const personId =
    row.person_id === null
      ? await join(trx, row, name, passwordHash)
      : await setPassword(trx, row.person_id, passwordHash);
  await trx
    .updateTable('invitation')
    .set({ used_at: sql<Date>`now()` })
    .where('id', '=', row.id)
    .execute();
  return { kind: row.kind, personId, email: row.email };
}

async function join(
  trx: Transaction<Database>,
  row: {
    id: string;
    email: string;
    role: 'agent' | 'supervisor' | 'administrator' | null;
    team_id: string | null;
  },
  name: string | undefined,
  passwordHash: string,
): Promise<string> {
  if (name === undefined) {
    throw new Problem('request.invalid', 'Please give your name.', {
      name: 'Please give a name.',
    });
  }
  const personId = await insertPerson(trx, {
    name,
    email: row.email,
    role: row.role ?? 'agent',
    teamId: row.team_id,
    passwordHash,
  });
  await audit(trx, {
    action: 'person.joined',
    personId,
    subject: personId,
    detail: { invitation: row.id },
  });
  return personId;
}

async function setPassword(
  trx: Transaction<Database>,
  personId: string,
  passwordHash: string,
): Promise<string> {
  await trx
    .updateTable('account')
    .set({ password: passwordHash, updated_at: sql<Date>`now()` })
    .where('person_id', '=', personId)
    .where('provider_id', '=', 'credential')
    .execute();
  await audit(trx, { action: 'person.password_set', personId, subject: personId });
  return personId;
}
