import { sql, type Transaction } from 'kysely';
import type { Database } from './schema.ts';

/** The carrier may be away for a day; then a phone that nobody may call with stays registered. */
const ATTEMPTS = 25;

/** Has the carrier forget a SIP phone's credential, once this transaction is kept. */
export async function enqueueForgetPhone(
  transaction: Transaction<Database>,
  credentialSid: string,
): Promise<void> {
  await sql`
    select graphile_worker.add_job(
      'carrier.forget_phone',
      payload := ${JSON.stringify({ credentialSid })}::json,
      max_attempts := ${ATTEMPTS}::integer
    )`.execute(transaction);
}
