import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Invitation } from '@offhook/contract';
import type { Database } from '../db/schema.ts';
import { Problem } from '../problem.ts';

/** Not used, not expired; a password link only as long as its person is active. */
export function openInvitations(db: Kysely<Database>) {
  return db
    .selectFrom('invitation')
    .innerJoin('person as maker', 'maker.id', 'invitation.created_by')
    .leftJoin('team', 'team.id', 'invitation.team_id')
    .leftJoin('person as owner', 'owner.id', 'invitation.person_id')
    .select([
      'invitation.id',
      'invitation.kind',
      'invitation.email',
      'invitation.role',
      'invitation.person_id',
      'invitation.expires_at',
      'invitation.team_id',
      'team.name as teamName',
      'maker.name as makerName',
    ])
    .where('used_at', 'is', null)
    .where('invitation.expires_at', '>', sql<Date>`now()`)
    .where((eb) => eb.or([eb('invitation.kind', '=', 'join'), eb('owner.active', '=', true)]));
}

type InvitationRow = Awaited<
  ReturnType<ReturnType<typeof openInvitations>['executeTakeFirstOrThrow']>
>;

export function presentInvitation(row: InvitationRow): Invitation {
  const { id, kind, email, role, team_id: teamId, teamName } = row;
  return {
    id,
    kind,
    email,
    role,
    team: teamId === null || teamName === null ? null : { id: teamId, name: teamName },
    expiresAt: row.expires_at.toISOString(),
    createdBy: row.makerName,
  };
}

export function unknownInvitation(): Problem {
  return new Problem(
    'invitation.unknown',
    'This link is not valid: it was used, withdrawn or has expired. Please ask for a new one.',
  );
}
