import { z } from 'zod';
import { Email, Password, Person, PersonName, Role, Team } from '../person.ts';
import { Instant } from '../time.ts';

/** GET /api/people (supervisors see their team, administrators everybody) */
export const PeopleAnswer = z.strictObject({ people: z.array(Person) });
export type PeopleAnswer = z.infer<typeof PeopleAnswer>;

/** PATCH /api/people/:id (administrators) → Person */
export const PersonChange = z.strictObject({
  name: PersonName.optional(),
  role: Role.optional(),
  teamId: z.string().nullable().optional(),
  active: z.boolean().optional(),
});
export type PersonChange = z.infer<typeof PersonChange>;

/** GET /api/teams; POST /api/teams → 201 Team */
export const TeamsAnswer = z.strictObject({ teams: z.array(Team) });
export type TeamsAnswer = z.infer<typeof TeamsAnswer>;
export const TeamRequest = z.strictObject({ name: PersonName });
export type TeamRequest = z.infer<typeof TeamRequest>;

/**
 * A link that lets one person in: to join, or to set a new password. There is no mail server: the
 * link is shown once, to be passed on.
 */
export const Invitation = z.strictObject({
  id: z.string(),
  kind: z.enum(['join', 'password']),
  email: z.string(),
  role: Role.nullable(),
  team: Team.nullable(),
  expiresAt: Instant,
  createdBy: z.string(),
});
export type Invitation = z.infer<typeof Invitation>;

/** POST /api/invitations (administrators; supervisors: agents of their own team) → 201 */
export const InvitationRequest = z.strictObject({
  email: Email,
  role: Role,
  teamId: z.string().nullable(),
});
export type InvitationRequest = z.infer<typeof InvitationRequest>;
/** Also the answer to POST /api/people/:id/password-link. */
export const InvitationCreated = z.strictObject({ invitation: Invitation, link: z.url() });
export type InvitationCreated = z.infer<typeof InvitationCreated>;
/** GET /api/invitations: those still open. DELETE /api/invitations/:id → 204 */
export const InvitationsAnswer = z.strictObject({ invitations: z.array(Invitation) });
export type InvitationsAnswer = z.infer<typeof InvitationsAnswer>;

/** GET /api/join/:secret (no session): what the link is for */
export const JoinAnswer = z.strictObject({
  kind: z.enum(['join', 'password']),
  email: z.string(),
  role: Role.nullable(),
  team: Team.nullable(),
});
export type JoinAnswer = z.infer<typeof JoinAnswer>;
/** POST /api/join/:secret (no session) → 200 Session, signed in. `name` is needed to join. */
export const JoinRequest = z.strictObject({ name: PersonName.optional(), password: Password });
export type JoinRequest = z.infer<typeof JoinRequest>;
