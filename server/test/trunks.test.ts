import type { Team, TestCall, Trunk, TrunksAnswer } from '@offhook/contract';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describedBy, fitsTo } from '../../test/support/api-description.ts';
import { bootOffhook, type Offhook } from '../../test/support/boot.ts';
import { type Client, expectStatus } from '../../test/support/client.ts';
import { freePort } from '../../test/support/free-port.ts';
import { openDatabase } from '../src/db/database.ts';
import { codeOf, openPlatform, takeIn } from './platform.ts';

const LINE = { name: 'Carrier', host: 'carrier.invalid', username: 'ada', password: 'S3cret-word' };

describe('with our engine', () => {
  let house: Offhook;
  let admin: Client;
  let supervisor: Client;
  let agent: Client;
  beforeAll(async () => {
    house = await bootOffhook({
      env: {
        SIP_HOST: '127.0.0.1',
        SIP_PORT: '0',
        // Nobody is there: the port was free a moment ago. Over TCP one is told so at once.
        SIP_TRUNK: `sip:bob:Hidden-1@127.0.0.1:${await freePort()};transport=tcp`,
        SIP_TRUNK_CALLER_ID: '+442079460000',
      },
    });
    admin = house.admin;
    const team = expectStatus(await admin.post<Team>('/api/teams', { name: 'Sales' }), 201);
    const taken = async (name: string, role: string) =>
      (
        await takeIn(admin, house.visitor(), {
          name,
          role,
          email: `${name}@example.com`,
          teamId: team.id,
        })
      ).client;
    supervisor = await taken('sue', 'supervisor');
    agent = await taken('andy', 'agent');
  });
  afterAll(() => house?.stop());

  const list = async () => (await admin.okGet<TrunksAnswer>('/api/trunks')).trunks;
  const audited = async () => {
    const database = openDatabase(house.databaseUrl, pino({ level: 'silent' }), 1);
    const rows = await database.db
      .selectFrom('audit')
      .select(['action', 'subject', 'detail'])
      .where('action', 'like', 'trunk.%')
      .orderBy('id')
      .execute();
    await database.close();
    return rows;
  };

  test('a trunk is made, changed, kept over a restart, and deleted; all is written down', async () => {
    const fits = fitsTo(await describedBy(admin));
    const answer = await admin.post<Trunk>('/api/trunks', {
      ...LINE,
      callerIds: ['020 7946 0001', '+44 20 7946 0001', '0044 20 7946 0002'],
    });
    const made = expectStatus(answer, 201);
    fits('post', '/api/trunks', answer);
    expect(made).toMatchObject({
      ...{ name: 'Carrier', host: 'carrier.invalid', source: 'settings', hasPassword: true },
      ...{ callerIds: ['+442079460001', '+442079460002'], codecs: ['PCMA', 'PCMU'] },
      ...{ priority: 10, keepAliveSeconds: 30, state: { liveCalls: 0 } },
    });
    const path = `/api/trunks/${made.id}`;
    const rules = [{ prefix: '+44', strip: 3, prepend: '0' }];
    const change = await admin.patch<Trunk>(path, { rules, channels: 4 });
    fits('patch', '/api/trunks/{id}', change);
    expect(change.body).toMatchObject({ rules, channels: 4, hasPassword: true, host: LINE.host });
    const forgotten = await admin.patch<Trunk>(path, { username: null, password: null });
    expect(forgotten.body).toMatchObject({ hasPassword: false, username: null });

    await house.engine.stop();
    await house.engine.start();
    const listed = await admin.get('/api/trunks');
    fits('get', '/api/trunks', listed);
    expect((await list()).map(({ name }) => name).sort()).toEqual(['127.0.0.1', 'Carrier']);
    expect((await admin.okGet<Trunk>(path)).rules).toEqual(rules);

    expect((await admin.send('DELETE', path)).status).toBe(204);
    expect(codeOf(await admin.get(path))).toBe('trunk.not_found');
    expect(codeOf(await admin.send('DELETE', path))).toBe('trunk.not_found');
    expect(await audited()).toEqual([
      { action: 'trunk.made', subject: made.id, detail: { name: 'Carrier' } },
      {
        action: 'trunk.changed',
        subject: made.id,
        detail: { name: 'Carrier', fields: 'channels, rules' },
      },
      {
        action: 'trunk.changed',
        subject: made.id,
        detail: { name: 'Carrier', fields: 'username, password' },
      },
      { action: 'trunk.deleted', subject: made.id, detail: { name: 'Carrier' } },
    ]);
    const said = [...house.server.log, ...house.engine.log].join('\n');
    expect(said).not.toMatch(/S3cret-word|Hidden-1/);
  });

  test('the environment’s trunk is shown, and cannot be changed', async () => {
    const [trunk] = await list();
    expect(trunk).toMatchObject({
      ...{ source: 'environment', username: 'bob', hasPassword: true },
      callerIds: ['+442079460000'],
    });
    expect(JSON.stringify(trunk)).not.toContain('Hidden-1');
    const path = `/api/trunks/${trunk?.id ?? ''}`;
    const change = await admin.patch(path, { name: 'Mine' });
    expect([change.status, codeOf(change)]).toEqual([409, 'trunk.read_only']);
    expect(codeOf(await admin.send('DELETE', path))).toBe('trunk.read_only');
  });

  test.each([
    [{ host: 'carrier.invalid' }, 'name', 'This is missing.'],
    [{ ...LINE, host: 'sip:carrier.invalid' }, 'host', /^Give only the name or address/],
    // What only the engine can tell is said at its field, too.
    [{ ...LINE, host: '999.1.1.1' }, 'host', /^This is neither an address nor a name/],
    [{ ...LINE, username: null }, 'username', 'This is missing: there is a password.'],
    [{ ...LINE, username: 'a\r\nVia: x' }, 'username', /^Spaces/],
    [{ ...LINE, callerIds: ['12'] }, 'callerIds', '“12” is not a number that a phone can have.'],
    [{ ...LINE, allowedAddresses: ['home'] }, 'allowedAddresses.0', /^Give addresses or ranges/],
    [{ ...LINE, rules: [{ prefix: '44', strip: 0, prepend: '' }] }, 'rules.0.prefix', /plus/],
    [{ ...LINE, channels: 0 }, 'channels', 'Give a whole number from 1 to 10000.'],
    [{ ...LINE, registerSeconds: 60, username: null }, 'username', /^To register/],
    [{ ...LINE, colour: 'red' }, 'colour', 'We do not know this field.'],
  ])('%j is refused at its field', async (body, field, why) => {
    const refused = await admin.post('/api/trunks', body);
    expect([refused.status, codeOf(refused)]).toEqual([422, 'request.invalid']);
    const { fields } = (refused.body as { error: { fields: Record<string, string> } }).error;
    expect(Object.keys(fields)).toEqual([field]);
    expect(fields[field]).toMatch(why);
    expect(JSON.stringify(refused.body)).not.toContain('S3cret');
  });

  test('two trunks of one name could not be told apart', async () => {
    const made = expectStatus(await admin.post<Trunk>('/api/trunks', LINE), 201);
    const twin = await admin.post('/api/trunks', { ...LINE, host: 'other.invalid' });
    expect([twin.status, codeOf(twin)]).toEqual([409, 'trunk.refused']);
    expect(twin.body).toMatchObject({
      error: { message: 'There is a trunk named Carrier already.' },
    });
    await admin.send('DELETE', `/api/trunks/${made.id}`);
  });

  test('supervisors may look, agents may not, and neither may change or test', async () => {
    const [trunk] = await list();
    const path = `/api/trunks/${trunk?.id ?? ''}`;
    expect((await supervisor.okGet<TrunksAnswer>('/api/trunks')).trunks).toHaveLength(1);
    expect((await supervisor.okGet<Trunk>(path)).id).toBe(trunk?.id);
    for (const refused of [
      agent.get('/api/trunks'),
      agent.get(path),
      ...[supervisor, agent].flatMap((person) => [
        person.post('/api/trunks', LINE),
        person.patch(path, { name: 'Mine' }),
        person.send('DELETE', path),
        person.post(`${path}/test-calls`, { to: '+442079460999' }),
        person.get(`${path}/test-calls/any`),
      ]),
    ]) {
      expect(codeOf(await refused)).toBe('auth.forbidden');
    }
    expect(codeOf(await house.visitor().get('/api/trunks'))).toBe('auth.required');
  });

  test('dial rules hold for a test call', async () => {
    const [trunk] = await list();
    for (const [to, code] of [
      ['999', 'number.emergency'],
      ['0900 123 4567', 'number.premium_rate'],
      ['hello', 'number.unreadable'],
    ]) {
      const refused = await admin.post(`/api/trunks/${trunk?.id ?? ''}/test-calls`, { to });
      expect([to, codeOf(refused)]).toEqual([to, code]);
    }
    expect((await audited()).map(({ action }) => action)).not.toContain('trunk.tested');
  });

  test('a test call over a trunk where nobody is says so', async () => {
    const [trunk] = await list();
    const path = `/api/trunks/${trunk?.id ?? ''}/test-calls`;
    const started = await admin.post<TestCall>(path, { to: '020 7946 0999' });
    expect(expectStatus(started, 201)).toMatchObject({ to: '+442079460999', endedAt: null });
    const fits = fitsTo(await describedBy(admin));
    const look = () => admin.get<TestCall>(`${path}/${started.body.id}`);
    await expect.poll(async () => (await look()).body.state, { timeout: 15_000 }).toBe('failed');
    const over = await look();
    fits('get', '/api/trunks/{id}/test-calls/{testId}', over);
    expect(over.body.problem).toMatchObject({ code: 'unreachable', sipStatus: null });
    expect(over.body.steps).toMatchObject([
      { code: 'lookup', ok: true },
      { code: 'reach', ok: false, text: over.body.problem?.text },
    ]);
    expect((await audited()).at(-1)).toEqual({
      action: 'trunk.tested',
      subject: trunk?.id,
      detail: { to: '+442079460999' },
    });
    expect(codeOf(await admin.get(`${path}/nonsense`))).toBe('test_call.not_found');
  });

  test('an engine that is away is said to be', async () => {
    await house.engine.stop();
    const away = await admin.get('/api/trunks');
    expect([away.status, codeOf(away)]).toEqual([503, 'carrier.unavailable']);
    expect(codeOf(await admin.post('/api/trunks', LINE))).toBe('carrier.unavailable');
    await house.engine.start();
    expect(await list()).toHaveLength(1);
  });
});

test('with Twilio, the carrier brings the lines', async () => {
  const PUBLIC_URL = 'https://calls.example.com';
  const platform = await openPlatform({
    ...{ TWILIO_API_URL: '', OFFHOOK_SIGNAL_UPSTREAM: '', PUBLIC_URL },
  });
  try {
    const admin = platform.visitor();
    const origin = { origin: PUBLIC_URL };
    const person = { name: 'Grace', email: 'grace@example.com', password: 'correct horse battery' };
    expectStatus(await admin.post('/api/setup', person, origin), 201);
    expect(await admin.okGet('/api/trunks')).toEqual({ managedBy: 'carrier', trunks: [] });
    const refused = await admin.post('/api/trunks', LINE, origin);
    expect([refused.status, codeOf(refused)]).toEqual([409, 'trunk.carrier_managed']);
  } finally {
    await platform.close();
  }
});
