import { sql } from 'kysely';
import type {
  Invitation,
  InvitationCreated,
  InvitationRequest,
  JoinAnswer,
  JoinRequest,
} from '@offhook/contract';
import type { Db } from '../db/database.ts';
import { Problem } from '../problem.ts';
import type { Asker } from './asker.ts';
import { audit } from './audit.ts';
import { hashSecret, newId, newSecret } from './ids.ts';
import { openInvitations, presentInvitation, unknownInvitation } from './invitation-rows.ts';
import { emailTaken, mustBeTeam } from './people.ts';
import { forbidden, mustBe } from './permissions.ts';
import { redeem } from './redeem.ts';
import type { Sessions } from './sessions.ts';

export interface Invitations {
  /** Administrators; supervisors invite agents to their own team. Replaces an open one. */
  invite(asker: Asker, request: InvitationRequest): Promise<InvitationCreated>;
  /** A link with which this person can set a new password. Administrators. */
  passwordLink(asker: Asker, personId: string): Promise<InvitationCreated>;
  /** Those still open that the asker could have made. */
  list(asker: Asker): Promise<Invitation[]>;
  withdraw(asker: Asker, id: string): Promise<void>;
  /** What a link is for; throws `invitation.unknown`. */
  look(secret: string): Promise<JoinAnswer>;
  /** Uses the link up. Answers whose e-mail may now sign in with the password given. */
  redeem(secret: string, request: JoinRequest): Promise<{ email: string }>;
}

export interface InvitationsParts {
  db: Db;
  sessions: Sessions;
  hashPassword: (password: string) => Promise<string>;
  publicUrl: string;
}

const JOIN_DAYS = 7;
const PASSWORD_DAYS = 1;

export function createInvitations(parts: InvitationsParts): Invitations {
  const { db, publicUrl, sessions } = parts;
  const linkFor = (secret: string) => `${publicUrl}/join/${secret}`;

  return {
    async invite(asker, request) {
      mustBeAllowedToInvite(asker, request);
      const { id, secret } = await insertInvitation(db, asker, request);
      return { invitation: await readOpen(db, id), link: linkFor(secret) };
    },
    async passwordLink(asker, personId) {
      mustBe(asker, 'administrator');
      const { id, secret } = await insertPasswordLink(db, asker, personId);
      return { invitation: await readOpen(db, id), link: linkFor(secret) };
    },
    async list(asker) {
      mustBe(asker, 'supervisor', 'administrator');
      const rows = await openInvitations(db)
        .$if(asker.role === 'supervisor', (query) => query.where('kind', '=', 'join'))
        .$if(asker.role === 'supervisor', (query) =>
          query.where('invitation.team_id', '=', asker.teamId),
        )
        .orderBy('invitation.created_at', 'desc')
        .execute();
      return rows.map(presentInvitation);
    },
    async withdraw(asker, id) {
      mustBe(asker, 'supervisor', 'administrator');
      const { kind, team } = await readOpen(db, id);
      if (asker.role === 'supervisor' && (kind !== 'join' || team?.id !== asker.teamId)) {
        throw forbidden();
      }
      await db.transaction().execute(async (trx) => {
        await trx.deleteFrom('invitation').where('id', '=', id).execute();
        await audit(trx, {
          action: 'invitation.withdrawn',
          personId: asker.personId,
          subject: id,
        });
      });
    },
    async look(secret) {
      const row = await openInvitations(db)
        .where('secret_hash', '=', hashSecret(secret))
        .executeTakeFirst();
      if (row === undefined) throw unknownInvitation();
      const { kind, email, role, team } = presentInvitation(row);
      return { kind, email, role, team };
    },
    async redeem(secret, request) {
      const passwordHash = await parts.hashPassword(request.password);
      const { email, personId, kind } = await db
        .transaction()
        .execute((trx) => redeem(trx, hashSecret(secret), request.name, passwordHash));
      if (kind === 'password') await sessions.endAll(personId);
      return { email };
    },
  };
}

function mustBeAllowedToInvite(asker: Asker, request: InvitationRequest): void {
  if (asker.role === 'administrator') return;
  mustBe(asker, 'supervisor');
  if (request.role !== 'agent' || asker.teamId === null || request.teamId !== asker.teamId) {
    throw new Problem('auth.forbidden', 'As a supervisor you can invite agents to your own team.');
  }
}

async function insertInvitation(
  db: Db,
  asker: Asker,
  { email, role, teamId }: InvitationRequest,
): Promise<{ id: string; secret: string }> {
  const id = newId();
  const secret = newSecret();
  await db.transaction().execute(async (trx) => {
    if (teamId !== null) await mustBeTeam(trx, teamId);
    const taken = await trx
      .selectFrom('person')
      .select('id')
      .where('email', '=', email)
      .executeTakeFirst();
    if (taken !== undefined) throw emailTaken();
    await trx
      .deleteFrom('invitation')
      .where('kind', '=', 'join')
      .where('email', '=', email)
      .where('used_at', 'is', null)
      .execute();
    await insertLink(trx, asker, JOIN_DAYS, {
      ...{ id, secret, kind: 'join', email, role },
      ...{ team_id: teamId, person_id: null },
    });
    await audit(trx, {
      action: 'invitation.made',
      personId: asker.personId,
      subject: id,
      detail: { email, role, teamId },
    });
  });
  return { id, secret };
}

async function insertPasswordLink(
  db: Db,
  asker: Asker,
  personId: string,
): Promise<{ id: string; secret: string }> {
  const id = newId();
  const secret = newSecret();
  await db.transaction().execute(async (trx) => {
    const person = await trx
      .selectFrom('person')
      .select(['email', 'active'])
      .where('id', '=', personId)
      .executeTakeFirst();
    if (person?.active !== true) {
      throw new Problem('person.not_found', 'There is no such person, or they are deactivated.');
    }
    await trx
      .deleteFrom('invitation')
      .where('person_id', '=', personId)
      .where('used_at', 'is', null)
      .execute();
    await insertLink(trx, asker, PASSWORD_DAYS, {
      ...{ id, secret, kind: 'password', email: person.email, role: null },
      ...{ team_id: null, person_id: personId },
    });
    await audit(trx, {
      action: 'password_link.made',
      personId: asker.personId,
      subject: personId,
    });
  });
  return { id, secret };
}

async function readOpen(db: Db, id: string): Promise<Invitation> {
  const row = await openInvitations(db).where('invitation.id', '=', id).executeTakeFirst();
  if (row === undefined) throw unknownInvitation();
  return presentInvitation(row);
}

interface NewLink {
  id: string;
  secret: string;
  kind: Invitation['kind'];
  email: string;
  role: Invitation['role'];
  team_id: string | null;
  person_id: string | null;
}

/** Only the secret's hash is kept: the link itself is shown once. */
async function insertLink(
  trx: Db,
  asker: Asker,
  days: number,
  { secret, ...link }: NewLink,
): Promise<void> {
  await trx
    .insertInto('invitation')
    .values({
      ...link,
      secret_hash: hashSecret(secret),
      created_by: asker.personId,
      expires_at: sql<Date>`now() + ${`${days} days`}::interval`,
      used_at: null,
    })
    .execute();
}
