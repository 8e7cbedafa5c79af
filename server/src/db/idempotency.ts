import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { Problem } from '../problem.ts';
import type { Database } from './schema.ts';

/** How long a key answers with its first call. */
const KEPT_MS = 24 * 3_600_000;

export interface IdempotencyKey {
  personId: string;
  /** As the client sent it. */
  key: string;
  /** SHA-256 of the body, lower-case hex. */
  bodyHash: string;
}

export function idempotencyKey(personId: string, key: string, body: unknown): IdempotencyKey {
  const bodyHash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  return { personId, key, bodyHash };
}

/**
 * Takes the key for this call; null when it is now taken, else the call that has it. With
 * `callId` null it only looks. Waits for a transaction that is just taking the same key.
 * Throws idempotency.key_reused when the key came with another body.
 */
export async function claimKey(
  db: Kysely<Database>,
  { personId, key, bodyHash }: IdempotencyKey,
  callId: string | null,
): Promise<string | null> {
  await db
    .deleteFrom('idempotency_key')
    .where('person_id', '=', personId)
    .where('key', '=', key)
    .where('created_at', '<', new Date(Date.now() - KEPT_MS))
    .execute();
  if (callId !== null) {
    const taken = await db
      .insertInto('idempotency_key')
      .values({ person_id: personId, key, body_hash: bodyHash, call_id: callId })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (taken.numInsertedOrUpdatedRows === 1n) return null;
  }
  const known = await db
    .selectFrom('idempotency_key')
    .select(['body_hash', 'call_id'])
    .where('person_id', '=', personId)
    .where('key', '=', key)
    .executeTakeFirst();
  if (known === undefined) return null;
  if (known.body_hash !== bodyHash) {
    throw new Problem(
      'idempotency.key_reused',
      'This Idempotency-Key came before with another request. Use a new key for a new call.',
    );
  }
  return known.call_id;
}

/** Forgets keys that no longer answer. */
export async function forgetOldKeys(db: Kysely<Database>): Promise<void> {
  await db
    .deleteFrom('idempotency_key')
    .where('created_at', '<', new Date(Date.now() - KEPT_MS))
    .execute();
}
