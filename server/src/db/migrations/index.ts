import type { Migration } from 'kysely';
import * as people from './001_people.ts';
import * as calls from './002_calls.ts';
import * as recordings from './003_recordings.ts';
import * as sipPhones from './004_sip_phones.ts';

/** Applied in the order of their names, once each. A migration that was released never changes. */
export const migrations: Record<string, Migration> = {
  '001_people': people,
  '002_calls': calls,
  '003_recordings': recordings,
  '004_sip_phones': sipPhones,
};
