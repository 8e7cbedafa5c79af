import { sql, type Kysely, type Transaction } from 'kysely';
import type { Person, PersonChange, Role } from '@offhook/contract';
import type { Db } from '../db/database.ts';
import type { Database } from '../db/schema.ts';
import { Problem } from '../problem.ts';
import type { Asker } from './asker.ts';
import { audit } from './audit.ts';
import { newId } from './ids.ts';
import { forbidden, mustBe } from './permissions.ts';
import type { Sessions } from './sessions.ts';
import { takeSipPhone } from './sip-phone-rows.ts';

export interface People {
  /** Supervisors see their team and themselves, administrators everybody. */
  list(asker: Asker): Promise<Person[]>;
  get(personId: string): Promise<Person>;
  /** Throws `person.last_administrator`, `person.not_found`, `team.not_found`. */
  change(asker: Asker, personId: string, change: PersonChange): Promise<Person>;
}

export interface PeopleParts {
  db: Db;
  sessions: Sessions;
  /** Without them everybody calls with the browser, whatever was chosen before. */
  sipPhonesOffered: boolean;
}

export function createPeople({ db, sessions, sipPhonesOffered }: PeopleParts): People {
  const present = (row: PersonRow) => presentPerson(row, sipPhonesOffered);
  return {
    async list(asker) {
      if (asker.role === 'agent') throw forbidden();
      const rows = await selectPeople(db)
        .$if(asker.role !== 'administrator', (query) =>
          query.where((eb) =>
            eb.or([eb('person.id', '=', asker.personId), eb('team_id', '=', asker.teamId)]),
          ),
        )
        .orderBy('person.name')
        .orderBy('person.id')
        .execute();
      return rows.map(present);
    },
    get: async (personId) => present(await readPerson(db, personId)),
    async change(asker, personId, change) {
      mustBe(asker, 'administrator');
      const row = await db
        .transaction()
        .execute((trx) => changePerson(trx, asker, personId, change));
      const person = present(row);
      if (!person.active) await sessions.endAll(personId);
      else sessions.accessChanged(personId);
      return person;
    },
  };
}

async function changePerson(
  trx: Transaction<Database>,
  asker: Asker,
  personId: string,
  change: PersonChange,
): Promise<PersonRow> {
  await lockPeople(trx);
  await readPerson(trx, personId);
  if (typeof change.teamId === 'string') await mustBeTeam(trx, change.teamId);
  await trx
    .updateTable('person')
    .set({
      updated_at: sql<Date>`now()`,
      ...(change.name === undefined ? {} : { name: change.name }),
      ...(change.role === undefined ? {} : { role: change.role }),
      ...(change.teamId === undefined ? {} : { team_id: change.teamId }),
      ...(change.active === undefined ? {} : { active: change.active }),
    })
    .where('id', '=', personId)
    .execute();
  if (change.active === false) await takeSipPhone(trx, personId);
  await mustHaveAdministrator(trx);
  await audit(trx, {
    action: 'person.changed',
    personId: asker.personId,
    subject: personId,
    detail: change,
  });
  return readPerson(trx, personId);
}

/**
 * Whoever creates people or takes rights away does it one after the other: rules about all of them
 * (an administrator is left, the first one is only one) hold then.
 */
export async function lockPeople(trx: Transaction<Database>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('offhook.people'))`.execute(trx);
}

export interface NewPerson {
  name: string;
  email: string;
  role: Role;
  teamId: string | null;
  passwordHash: string;
}

/** Needs `lockPeople`. Throws `person.email_taken`. */
export async function insertPerson(
  trx: Transaction<Database>,
  { name, email, role, teamId, passwordHash }: NewPerson,
): Promise<string> {
  const id = newId();
  const inserted = await trx
    .insertInto('person')
    .values({ id, name, email, role, team_id: teamId, image: null, email_verified: true })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted === undefined) throw emailTaken();
  await trx
    .insertInto('account')
    .values({
      id: newId(),
      person_id: id,
      account_id: id,
      provider_id: 'credential',
      password: passwordHash,
    })
    .execute();
  return id;
}

export function emailTaken(): Problem {
  return new Problem('person.email_taken', 'Somebody already uses this e-mail address here.');
}

export async function mustBeTeam(db: Kysely<Database>, teamId: string): Promise<void> {
  const team = await db.selectFrom('team').select('id').where('id', '=', teamId).executeTakeFirst();
  if (team === undefined) throw new Problem('team.not_found', 'There is no such team.');
}

async function mustHaveAdministrator(trx: Transaction<Database>): Promise<void> {
  const left = await trx
    .selectFrom('person')
    .select('id')
    .where('role', '=', 'administrator')
    .where('active', '=', true)
    .executeTakeFirst();
  if (left === undefined) {
    throw new Problem(
      'person.last_administrator',
      'This is the last administrator. Make somebody else one first.',
    );
  }
}

/** Throws `person.not_found`. */
export async function readPerson(db: Kysely<Database>, personId: string): Promise<PersonRow> {
  const row = await selectPeople(db).where('person.id', '=', personId).executeTakeFirst();
  if (row === undefined) throw new Problem('person.not_found', 'There is no such person.');
  return row;
}

function selectPeople(db: Kysely<Database>) {
  return db
    .selectFrom('person')
    .leftJoin('team', 'team.id', 'person.team_id')
    .select([
      'person.id',
      'person.name',
      'email',
      'role',
      'active',
      'sip_username',
      'sip_credential_sid',
      'person.created_at',
      'team.id as teamId',
      'team.name as teamName',
    ]);
}

type PersonRow = Awaited<ReturnType<ReturnType<typeof selectPeople>['executeTakeFirstOrThrow']>>;

function presentPerson(row: PersonRow, sipPhonesOffered: boolean): Person {
  const { id, name, email, role, active, teamId, teamName } = row;
  return {
    ...{ id, name, email, role, active },
    team: teamId === null || teamName === null ? null : { id: teamId, name: teamName },
    phone: sipPhonesOffered && row.sip_credential_sid !== null ? 'sip' : 'browser',
    createdAt: row.created_at.toISOString(),
  };
}
