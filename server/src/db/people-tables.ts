import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Role } from '@offhook/contract';

type CreatedAt = ColumnType<Date, Date | undefined, never>;

/** People, as the sign-in library keeps them (its "user"), with our role, team and active. */
interface PersonTable {
  id: string;
  name: string;
  email: string;
  email_verified: Generated<boolean>;
  image: string | null;
  role: Role;
  team_id: string | null;
  /** False: cannot sign in; old calls keep the name. */
  active: Generated<boolean>;
  /** Given out at the first SIP phone and kept for good; null: never had one. */
  sip_username: string | null;
  /** The carrier's id of the SIP phone's credential; null: calls with the browser. */
  sip_credential_sid: string | null;
  created_at: CreatedAt;
  updated_at: Generated<Date>;
}

interface TeamTable {
  id: string;
  name: string;
  created_at: CreatedAt;
}

interface SessionTable {
  id: string;
  person_id: string;
  token: string;
  expires_at: Date;
  ip_address: string | null;
  user_agent: string | null;
  created_at: CreatedAt;
  updated_at: Generated<Date>;
}

/** Only the columns we read ourselves; the rest belongs to the sign-in library. */
interface AccountTable {
  id: string;
  person_id: string;
  account_id: string;
  provider_id: string;
  password: string | null;
  created_at: CreatedAt;
  updated_at: Generated<Date>;
}

interface InvitationTable {
  id: string;
  kind: 'join' | 'password';
  /** SHA-256 of the link's secret, lower-case hex. */
  secret_hash: string;
  email: string;
  role: Role | null;
  team_id: string | null;
  /** kind = password: whose. */
  person_id: string | null;
  created_by: string;
  created_at: CreatedAt;
  expires_at: Date;
  used_at: Date | null;
}

interface ApiKeyTable {
  id: string;
  person_id: string;
  name: string;
  /** The first characters, to tell keys apart. */
  start: string;
  /** SHA-256 of the key, lower-case hex. */
  key_hash: string;
  created_at: CreatedAt;
  last_used_at: Date | null;
}

interface AuditTable {
  id: Generated<number>;
  at: CreatedAt;
  /** Null when nobody was signed in, as with a failed sign-in. */
  person_id: string | null;
  /** "session.signed_in", "recording.played", … */
  action: string;
  /** What it was done to: an id. */
  subject: string | null;
  ip_address: string | null;
  detail: JSONColumnType<Record<string, string | number | boolean | null>>;
}

export interface PeopleTables {
  person: PersonTable;
  team: TeamTable;
  session: SessionTable;
  account: AccountTable;
  invitation: InvitationTable;
  api_key: ApiKeyTable;
  audit: AuditTable;
}
