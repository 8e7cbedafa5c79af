import pg from 'pg';
import type { Logger } from 'pino';

/** Any number nobody else uses: held by the server that runs jobs on this database. */
const HOUSE_LOCK = 7_241_002;
/** A killed server's connection is noticed at once on one machine, soon elsewhere. */
const WAIT_MS = 5000;

/**
 * Releases the jobs that a dead server had under way; by itself the queue waits four hours. Holds a
 * lock for as long as it is open, so that a second server on the same database takes nothing from
 * the first: it is warned and leaves the jobs alone. Call before any runner starts.
 */
export async function takeOverFromDead(
  databaseUrl: string,
  log: Logger,
): Promise<{ close(): Promise<void> }> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'offhook-house-lock',
    keepAlive: true,
  });
  client.on('error', (error) => {
    log.warn({ err: error }, 'the connection that holds the house lock was lost');
  });
  await client.connect();
  if (await takeLock(client)) await releaseAll(client, log);
  else log.warn('another server runs jobs on this database; its jobs are left alone');
  let closing: Promise<void> | null = null;
  return { close: () => (closing ??= client.end()) };
}

async function takeLock(client: pg.Client): Promise<boolean> {
  await client.query(`set lock_timeout = ${WAIT_MS}`);
  try {
    await client.query('select pg_advisory_lock($1)', [HOUSE_LOCK]);
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

async function releaseAll(client: pg.Client, log: Logger): Promise<void> {
  const { rows } = await client.query<{ worker: string }>(`
    select distinct locked_by as worker from graphile_worker._private_jobs
    where locked_by is not null
    union
    select distinct locked_by from graphile_worker._private_job_queues
    where locked_by is not null`);
  if (rows.length === 0) return;
  const workers = rows.map(({ worker }) => worker);
  await client.query('select graphile_worker.force_unlock_workers($1::text[])', [workers]);
  log.info({ workers: workers.length }, 'took over the jobs of a server that died');
}
