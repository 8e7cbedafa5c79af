import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, readConfig, type EngineLimits } from '../src/config.ts';
import { createEngine } from '../src/engine.ts';
import { Application } from './support/application.ts';
import { ACCOUNT, CUSTOMERS } from './support/house.ts';
import { checkAnswer } from './support/openapi.ts';

const closers: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const QUIET = '+447700900009';

/** An engine in this process with limits of its own, and the application that it asks. */
async function open(limits: Partial<EngineLimits>) {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-admission-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const application = await Application.open(ACCOUNT.TWILIO_AUTH_TOKEN);
  closers.push(() => application.close());
  const customers = join(folder, 'customers.json');
  writeFileSync(
    customers,
    JSON.stringify({ customers: CUSTOMERS.filter(({ number }) => number === QUIET) }),
  );
  const config = readConfig({
    ...ACCOUNT,
    ENGINE_PORT: '0',
    ENGINE_UDP_PORT: '0',
    ENGINE_VOICE_URL: `${application.url}/voice`,
    ENGINE_DEMO_CUSTOMERS: customers,
    OFFHOOK_DATA: folder,
  });
  const log = pino({ level: 'silent' });
  const engine = await createEngine({ ...config, limits: { ...DEFAULT_LIMITS, ...limits } }, log);
  closers.push(() => engine.close());
  const ask = asker(`http://127.0.0.1:${engine.port}`);
  const place = () =>
    ask('/Calls.json', {
      To: QUIET,
      From: ACCOUNT.TWILIO_CALLER_ID,
      Twiml: '<Response><Pause length="60"/></Response>',
      StatusCallback: `${application.url}/call`,
    });
  const end = (sid: string) => ask(`/Calls/${sid}.json`, { Status: 'completed' });
  return { application, place, end };
}

function asker(url: string) {
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = ACCOUNT;
  return async (path: string, form: Record<string, string>) => {
    const whole = `/2010-04-01/Accounts/${sid}${path}`;
    const reply = await fetch(url + whole, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}` },
      body: new URLSearchParams(form),
    });
    const body = (await reply.json()) as { sid: string; code?: number; message?: string };
    checkAnswer('POST', whole, reply.status, body);
    return { status: reply.status, retryAfter: reply.headers.get('retry-after'), body };
  };
}

const REFUSED = {
  status: 429,
  retryAfter: '1',
  body: { code: 20429, status: 429, more_info: 'https://www.twilio.com/docs/errors/20429' },
};

describe('what the engine cannot carry', () => {
  it('is refused at once, with Twilio’s error, until a call has ended', async () => {
    const { place, end } = await open({ maxCalls: 2 });
    const first = await place();
    expect([first.status, (await place()).status]).toEqual([201, 201]);
    const refused = await place();
    expect(refused).toMatchObject(REFUSED);
    expect(refused.body.message).toContain('2');
    await end(first.body.sid);
    expect((await place()).status).toBe(201);
  });

  it('is refused while an application does not take its callbacks, and not any more when it does', async () => {
    const { application, place, end } = await open({ maxBacklog: 1 });
    let take!: (answer: null) => void;
    const taken = new Promise<null>((resolve) => (take = resolve));
    application.on('/call', () => taken);
    const first = await place();
    await end(first.body.sid);
    await application.next(({ path }) => path === '/call');
    expect(await place()).toMatchObject(REFUSED);
    take(null);
    await expect.poll(async () => (await place()).status).toBe(201);
  });
});
