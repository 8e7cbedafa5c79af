import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { migrate, openDatabase } from '../../server/src/db/database.ts';
import { openPostgres } from '../../start/src/postgres/postgres.ts';
import { freePort } from './free-port.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser's address of the test run's PostgreSQL; see database.ts. */
    postgres: { adminUrl: string; template: string };
  }
}

const TEMPLATE = 'offhook_template';

/**
 * One real PostgreSQL for a whole test run, with one migrated database that each test gets a copy
 * of. It writes without waiting for the disk: what a test leaves behind nobody misses.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-test-'));
  const postgres = await openPostgres({
    folder: join(folder, 'postgres'),
    port: await freePort(),
    adminPassword: 'admin',
    password: 'offhook',
    onLog: () => undefined,
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '300',
    },
  });
  const close = async () => {
    await postgres.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await makeTemplate(postgres.adminUrl, postgres.url);
  } catch (error) {
    await close();
    throw error;
  }
  project.provide('postgres', { adminUrl: postgres.adminUrl, template: TEMPLATE });
  return close;
}

async function makeTemplate(adminUrl: string, url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${TEMPLATE} OWNER offhook`);
  await admin.end();
  const own = new URL(url);
  own.pathname = `/${TEMPLATE}`;
  const log = pino({ level: 'silent' });
  const database = openDatabase(own.href, log, 2);
  await migrate(database, log);
  await database.close();
}
