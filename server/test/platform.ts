import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { ErrorBody } from '@offhook/contract';
import { type Answer, Client } from '../../test/support/client.ts';
import { freshDatabase } from '../../test/support/database.ts';
import { freePort } from '../../test/support/free-port.ts';
import { createCallCentre } from '../src/call-centre.ts';
import { configFromEnv } from '../src/config/env.ts';
import { openDatabase, type OpenDatabase } from '../src/db/database.ts';

export interface Platform {
  url: string;
  port: number;
  dataFolder: string;
  database: OpenDatabase;
  /** Everything the server logged, one JSON line each. */
  log: string[];
  visitor(): Client;
  close(): Promise<void>;
}

export const SETUP_TOKEN = 'let-me-in-please';

/** The real server on a database of its own; no carrier answers, no call is made here. */
export async function openPlatform(env: Record<string, string> = {}): Promise<Platform> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'offhook-platform-'));
  const fresh = await freshDatabase();
  const port = await freePort();
  const hex = 'a1'.repeat(16);
  const config = configFromEnv({
    PORT: String(port),
    DATABASE_URL: fresh.url,
    OFFHOOK_DATA: dataFolder,
    OFFHOOK_WEB: join(dataFolder, 'no-web'),
    OFFHOOK_SETUP_TOKEN: SETUP_TOKEN,
    TWILIO_ACCOUNT_SID: `AC${hex}`,
    TWILIO_AUTH_TOKEN: hex,
    TWILIO_API_KEY: `SK${hex}`,
    TWILIO_API_SECRET: hex,
    TWILIO_TWIML_APP_SID: `AP${hex}`,
    TWILIO_CALLER_ID: '+447700900000',
    TWILIO_API_URL: `http://127.0.0.1:${await freePort()}`,
    OFFHOOK_SIGNAL_UPSTREAM: `ws://127.0.0.1:${await freePort()}`,
    ...env,
  });
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => void lines.push(line) });
  const callCentre = await createCallCentre(config, { log });
  await callCentre.listen();
  const database = openDatabase(fresh.url, log, 4);
  const url = `http://localhost:${port}`;
  return {
    url,
    port,
    dataFolder,
    database,
    log: lines,
    visitor: () => new Client(url),
    close: async () => {
      await callCentre.close();
      await callCentre.close();
      await database.close();
      await fresh.drop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

export interface Colleague {
  client: Client;
  id: string;
}

/** Invites, follows the link, and is signed in. */
export async function takeIn(
  administrator: Client,
  visitor: Client,
  person: { name: string; email: string; role: string; teamId: string | null },
): Promise<Colleague> {
  const { name, ...invitation } = person;
  const made = await administrator.post<{ link: string }>('/api/invitations', invitation);
  const secret = new URL(made.body.link).pathname.split('/').at(-1) ?? '';
  const joined = await visitor.post<{ person: { id: string } }>(`/api/join/${secret}`, {
    name,
    password: PASSWORD,
  });
  return { client: visitor, id: joined.body.person.id };
}

export const PASSWORD = 'a long enough password';

export function codeOf(answer: Answer): string {
  return (answer.body as ErrorBody).error.code;
}

export async function auditActions({ database }: Platform): Promise<string[]> {
  const rows = await database.db.selectFrom('audit').select('action').orderBy('id').execute();
  return rows.map((row) => row.action);
}
