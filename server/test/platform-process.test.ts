import { spawn, type ChildProcess } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Session } from '@offhook/contract';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Client } from '../../test/support/client.ts';
import { freshDatabase, type FreshDatabase } from '../../test/support/database.ts';
import { freePort } from '../../test/support/free-port.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
let database: FreshDatabase;
let dataFolder: string;
let env: Record<string, string>;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  database = await freshDatabase();
  dataFolder = mkdtempSync(join(tmpdir(), 'offhook-process-'));
  const hex = 'a1'.repeat(16);
  env = {
    PORT: String(await freePort()),
    DATABASE_URL: database.url,
    OFFHOOK_DATA: dataFolder,
    OFFHOOK_WEB: join(dataFolder, 'no-web'),
    TWILIO_ACCOUNT_SID: `AC${hex}`,
    TWILIO_AUTH_TOKEN: hex,
    TWILIO_API_KEY: `SK${hex}`,
    TWILIO_API_SECRET: hex,
    TWILIO_TWIML_APP_SID: `AP${hex}`,
    TWILIO_CALLER_ID: '+447700900000',
    TWILIO_API_URL: `http://127.0.0.1:${await freePort()}`,
  };
});

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  children.clear();
  await database.drop();
  rmSync(dataFolder, { recursive: true, force: true });
});

interface Started {
  child: ChildProcess;
  output: () => string;
  exited: Promise<number | string>;
}

function start(more: Record<string, string> = {}): Started {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: { PATH, ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  }
  const exited = once(child, 'close').then(
    ([code, signal]: (number | string | null)[]) => code ?? signal ?? 'unknown',
  );
  return { child, exited, output: () => text };
}

async function ready(started: Started): Promise<void> {
  const came = await Promise.race([once(started.child, 'message'), started.exited]);
  if (!Array.isArray(came)) throw new Error(`it ended: ${started.output()}`);
  expect(came[0]).toEqual({ ready: true, port: Number(env.PORT) });
}

function client(): Client {
  return new Client(`http://localhost:${env.PORT ?? ''}`);
}

describe('the server process', () => {
  test('says when it is ready, stops on a signal, and whoever was signed in still is', async () => {
    const first = start();
    await ready(first);
    const browser = client();
    await browser.okSetUp();
    expect(first.output()).toContain('Set-up token');
    first.child.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    expect(first.output()).toContain('"stopped"');

    const second = start();
    await ready(second);
    const { person } = await browser.okGet<Session>('/api/session');
    expect(person?.name).toBe('Grace Hopper');
    expect(second.output()).not.toContain('Set-up token');
    second.child.kill('SIGINT');
    expect(await second.exited).toBe(0);
  });

  test('stops at once although browsers hold connections, on either address of localhost', async () => {
    const server = start({ HOST: 'localhost' });
    await ready(server);
    const browser = client();
    await browser.okSetUp();
    // This machine's: 127.0.0.1, and ::1 where it has one.
    for (const { address, family } of await lookup('localhost', { all: true })) {
      const host = family === 6 ? `[${address}]` : address;
      // Browsers open connections in advance, and may never use them.
      await once(connect(Number(env.PORT), address), 'connect');
      const { cookie } = browser;
      const live = await fetch(`http://${host}:${env.PORT ?? ''}/api/live`, {
        headers: { cookie },
      });
      expect([host, live.status]).toEqual([host, 200]);
      await live.body?.getReader().read();
      expect((await fetch(`http://${host}:${env.PORT ?? ''}/health`)).status).toBe(200);
    }
    const since = Date.now();
    server.child.kill('SIGTERM');
    expect(await server.exited).toBe(0);
    expect(Date.now() - since).toBeLessThan(2_500);
  });

  test('stops by itself when its parent is gone', async () => {
    const server = start();
    await ready(server);
    // "close" never comes to a parent that has cut the channel itself.
    const exit = once(server.child, 'exit');
    server.child.disconnect();
    expect(await exit).toEqual([0, null]);
  });

  test('says everything that is wrong with its settings, once, and does not start', async () => {
    const server = start({ PORT: 'many', DATABASE_URL: '', TWILIO_AUTH_TOKEN: '' });
    expect(await server.exited).toBe(1);
    const lines = server.output().trim().split('\n');
    expect(lines[0]).toBe('Offhook cannot start, these settings are wrong:');
    expect(lines).toHaveLength(4);
  });

  test('a busy port or a database that is not there ends it with a reason', async () => {
    const other = createServer().listen(Number(env.PORT), '127.0.0.1');
    await once(other, 'listening');
    const busy = start();
    expect(await busy.exited).toBe(1);
    expect(busy.output()).toContain('EADDRINUSE');
    other.close();
    const alone = start({ DATABASE_URL: `postgres://offhook@127.0.0.1:${await freePort()}/x` });
    expect(await alone.exited).toBe(1);
    expect(alone.output()).toContain('ECONNREFUSED');
  });

  test('outlives its database connections', async () => {
    const server = start();
    await ready(server);
    const browser = client();
    await browser.okSetUp();
    const other = new pg.Client(database.url);
    await other.connect();
    const cut = await other.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    expect(cut.rowCount).toBeGreaterThan(2);
    await other.end();
    // Each connection that was cut may spoil one answer; the pool then has fresh ones.
    let answer = await browser.get('/api/people');
    for (let tries = 0; answer.status !== 200 && tries < 20; tries += 1) {
      answer = await browser.get('/api/people');
    }
    expect(answer.status).toBe(200);
    server.child.kill('SIGTERM');
    expect(await server.exited).toBe(0);
  });
});
