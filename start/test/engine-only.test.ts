import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../test/support/free-port.ts';
import { ROOT } from './front-door.ts';

let folder: string;
let port: number;
let child: ChildProcess | null = null;

/** `npm run engine`; resolves with what it said, once it is ready or has ended. */
async function run(env: Record<string, string> = {}): Promise<string> {
  const { PATH = '' } = process.env;
  const engine = spawn(process.execPath, ['--import', 'tsx', 'start/src/engine-only.ts'], {
    cwd: ROOT,
    env: {
      PATH,
      HOME: '/',
      OFFHOOK_DATA: join(folder, 'data'),
      ENGINE_PORT: String(port),
      ENGINE_UDP_PORT: '0',
      ...env,
    },
  });
  child = engine;
  let said = '';
  return new Promise((resolve) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString('utf8');
      if (said.includes('The engine is ready')) resolve(said);
    };
    engine.stdout.on('data', listen);
    engine.stderr.on('data', listen);
    engine.once('close', () => resolve(said));
  });
}

async function stop(): Promise<void> {
  const engine = child;
  child = null;
  if (engine?.exitCode !== null) return;
  const gone = new Promise((resolve) => engine.once('exit', resolve));
  engine.kill('SIGTERM');
  await gone;
}

const account = (said: string) => /TWILIO_ACCOUNT_SID=(AC[0-9a-f]{32})/.exec(said)?.[1];
const token = (said: string) => /TWILIO_AUTH_TOKEN=(\w+)/.exec(said)?.[1];

async function calls(sid: string, password: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${sid}:${password}`).toString('base64')}`;
  const url = `http://127.0.0.1:${port}/2010-04-01/Accounts/${sid}/Calls.json`;
  return (await fetch(url, { headers: { authorization } })).status;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'offhook-engine-only-'));
  port = await freePort();
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('npm run engine', () => {
  it('makes an account, prints it and how to use it, and keeps it', async () => {
    const said = await run();
    const [sid = '', password = ''] = [account(said), token(said)];
    expect(said).toContain(`client.api.baseUrl = 'http://127.0.0.1:${port}'`);
    expect(said).toContain('ENGINE_VOICE_URL');
    expect(await calls(sid, password)).toBe(200);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain('Offhook engine');
    await stop();
    const again = await run();
    expect([account(again), token(again)]).toEqual([sid, password]);
  });

  it('takes the account of the environment, and does not print its secrets', async () => {
    const sid = `AC${'1'.repeat(32)}`;
    const said = await run({ TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: 'quiet_please' });
    expect(said).toContain(sid);
    expect(said).not.toContain('quiet_please');
    expect(await calls(sid, 'quiet_please')).toBe(200);
  });

  it('says everything that is wrong at once', async () => {
    const said = await run({ TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`, ENGINE_PORT: 'many' });
    expect(said).toContain('TWILIO_AUTH_TOKEN is missing');
    expect(said).toContain('ENGINE_PORT must be a port number');
  });
});
