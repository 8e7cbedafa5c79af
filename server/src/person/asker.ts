import type { Role } from '@offhook/contract';

/** Who asks: a person with a session, or with an API key of theirs. */
export interface Asker {
  personId: string;
  name: string;
  role: Role;
  teamId: string | null;
  via: 'session' | 'api_key';
}
