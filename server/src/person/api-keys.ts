import { sql } from 'kysely';
import type { ApiKey, ApiKeyCreated } from '@offhook/contract';
import type { Db } from '../db/database.ts';
import { Problem } from '../problem.ts';
import type { Asker } from './asker.ts';
import { audit } from './audit.ts';
import { hashSecret, newId, newSecret } from './ids.ts';

export interface ApiKeys {
  /** Who a key acts as; null when there is no such key or its owner is deactivated. */
  find(secret: string): Promise<Asker | null>;
  list(personId: string): Promise<ApiKey[]>;
  make(personId: string, name: string): Promise<ApiKeyCreated>;
  /** Throws `api_key.not_found`, also for the key of somebody else. */
  remove(personId: string, keyId: string): Promise<void>;
}

const START_LENGTH = 14;

export function createApiKeys(db: Db): ApiKeys {
  return {
    async find(secret) {
      const row = await db
        .selectFrom('api_key')
        .innerJoin('person', 'person.id', 'api_key.person_id')
        .select(['api_key.id', 'person.id as personId', 'person.name', 'role', 'team_id'])
        .where('key_hash', '=', hashSecret(secret))
        .where('person.active', '=', true)
        .executeTakeFirst();
      if (row === undefined) return null;
      await noteUse(db, row.id);
      const { personId, name, role, team_id: teamId } = row;
      return { personId, name, role, teamId, via: 'api_key' };
    },
    async list(personId) {
      const rows = await db
        .selectFrom('api_key')
        .select(['id', 'name', 'start', 'created_at', 'last_used_at'])
        .where('person_id', '=', personId)
        .orderBy('created_at', 'desc')
        .execute();
      return rows.map((row) => ({
        id: row.id,
        name: row.name,
        start: row.start,
        createdAt: row.created_at.toISOString(),
        lastUsedAt: row.last_used_at?.toISOString() ?? null,
      }));
    },
    async make(personId, name) {
      const id = newId();
      const secret = `offhook_${newSecret()}`;
      const start = secret.slice(0, START_LENGTH);
      const { created_at } = await db.transaction().execute(async (trx) => {
        await audit(trx, { action: 'api_key.made', personId, subject: id, detail: { name } });
        return trx
          .insertInto('api_key')
          .values({ id, person_id: personId, name, start, key_hash: hashSecret(secret) })
          .returning('created_at')
          .executeTakeFirstOrThrow();
      });
      const createdAt = created_at.toISOString();
      return { apiKey: { id, name, start, createdAt, lastUsedAt: null }, secret };
    },
    async remove(personId, keyId) {
      await db.transaction().execute(async (trx) => {
        const gone = await trx
          .deleteFrom('api_key')
          .where('id', '=', keyId)
          .where('person_id', '=', personId)
          .returning('name')
          .executeTakeFirst();
        if (gone === undefined) throw new Problem('api_key.not_found', 'There is no such key.');
        await audit(trx, {
          action: 'api_key.deleted',
          personId,
          subject: keyId,
          detail: { name: gone.name },
        });
      });
    },
  };
}

/** To the minute is enough, and spares a write with every request. */
async function noteUse(db: Db, keyId: string): Promise<void> {
  await db
    .updateTable('api_key')
    .set({ last_used_at: sql<Date>`now()` })
    .where('id', '=', keyId)
    .where((eb) =>
      eb.or([
        eb('last_used_at', 'is', null),
        eb('last_used_at', '<', sql<Date>`now() - interval '1 minute'`),
      ]),
    )
    .execute();
}
