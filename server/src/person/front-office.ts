import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { createApiKeys, type ApiKeys } from './api-keys.ts';
import { createInvitations, type Invitations } from './invitations.ts';
import { createPeople, type People } from './people.ts';
import { keptSessionSecret } from './session-secret.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createSetup, type Setup } from './setup.ts';
import { createSignInLibrary } from './sign-in-library.ts';
import { createSipPhones, type PhoneCredentials, type SipPhones } from './sip-phones.ts';
import { createTeams, type Teams } from './teams.ts';

/** Everything about people: who they are, how they get in, what they may do. */
export interface FrontOffice {
  sessions: Sessions;
  people: People;
  teams: Teams;
  invitations: Invitations;
  apiKeys: ApiKeys;
  setup: Setup;
  sipPhones: SipPhones;
}

export interface FrontOfficeParts {
  config: Pick<Config, 'people' | 'http' | 'dataFolder' | 'carrier'>;
  db: Db;
  /** Where SIP phones become known to the carrier; null: nobody has one. */
  credentials: PhoneCredentials | null;
  log: Logger;
}

export async function createFrontOffice(parts: FrontOfficeParts): Promise<FrontOffice> {
  const { config, db, credentials, log } = parts;
  const { publicUrl } = config.http;
  const secret = config.people.sessionSecret ?? (await keptSessionSecret(config.dataFolder));
  const library = createSignInLibrary({ db, secret, publicUrl, log });
  const { password } = await library.$context;
  const hashPassword = (text: string) => password.hash(text);
  const apiKeys = createApiKeys(db);
  const sessions = createSessions(db, library, apiKeys);
  const phones = config.carrier.sipPhones;
  const offered = phones && credentials ? { config: phones, credentials } : null;
  return {
    sessions,
    apiKeys,
    people: createPeople({ db, sessions, sipPhonesOffered: offered !== null }),
    sipPhones: createSipPhones({ db, offered }),
    teams: createTeams(db),
    invitations: createInvitations({ db, sessions, hashPassword, publicUrl }),
    setup: createSetup({ db, hashPassword, token: config.people.setupToken, log }),
  };
}
