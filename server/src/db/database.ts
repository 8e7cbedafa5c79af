import { Kysely, Migrator, PostgresDialect } from 'kysely';
import { runMigrations as runWorkerMigrations } from 'graphile-worker';
import type { Logger } from 'pino';
import pg from 'pg';
import { migrations } from './migrations/index.ts';
import type { Database } from './schema.ts';
import { workerLogger } from './worker-logger.ts';

export type Db = Kysely<Database>;

/** Our connection to PostgreSQL; whoever opens it, closes it. */
export interface OpenDatabase {
  db: Db;
  pool: pg.Pool;
  close(): Promise<void>;
}

/** bigint (event numbers, bytes) fits a JavaScript number: below 2^53 for any life we can have. */
const INT8 = 20;

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    Number(oid) === INT8 && format !== 'binary'
      ? (value: string) => Number(value)
      : (pg.types.getTypeParser(oid, format) as unknown),
};

export function openDatabase(url: string, log: Logger, connections = 10): OpenDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    types,
    application_name: 'offhook-server',
  });
  // An idle connection may be cut (PostgreSQL restarted): the pool replaces it at the next query.
  const lost = (error: Error) => {
    log.warn({ err: error }, 'a database connection was lost');
  };
  pool.on('error', lost);
  // While it is lent out, its errors are the borrower's query's too; unheard they would be thrown.
  pool.on('connect', (client) => {
    client.on('error', lost);
  });
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  let closed: Promise<void> | null = null;
  return { db, pool, close: () => (closed ??= db.destroy()) };
}

/**
 * Brings the schema up to date: our tables, then the job queue's. Safe when several start at once.
 * Throws what stopped it.
 */
export async function migrate({ db, pool }: OpenDatabase, log: Logger): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error, results } = await migrator.migrateToLatest();
  for (const result of results ?? []) {
    log.info({ migration: result.migrationName, status: result.status }, 'database migration');
  }
  if (error !== undefined) {
    throw error instanceof Error
      ? error
      : new Error('A database migration failed', { cause: error });
  }
  await runWorkerMigrations({ pgPool: pool, logger: workerLogger(log) });
}
