import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House } from './support/house.ts';
import { askEngine, type TrunkAnswer } from './support/trunk-api.ts';

const CARRIER = { name: 'Carrier', host: 'carrier.invalid', username: 'ada', password: 'Secret-1' };

let house: House;
beforeAll(async () => {
  house = await House.open({ SIP_HOST: '127.0.0.1', SIP_PORT: '0' });
});
afterAll(() => house.close());

const ask = (method: string, path: string, body?: unknown) => askEngine(house, method, path, body);

describe('trunks over REST', () => {
  it('are made, listed, changed, kept over a kill, and deleted; passwords never come out', async () => {
    const made = await ask('POST', '/trunks', CARRIER);
    expect(made.status).toBe(201);
    const { sid } = made.body;
    expect(sid).toMatch(/^TK[0-9a-f]{32}$/);
    expect(made.body).toMatchObject({
      ...{ name: 'Carrier', enabled: true, source: 'settings', port: null, transport: 'udp' },
      ...{ hasPassword: true, codecs: ['PCMU', 'PCMA'], keepAliveSeconds: 30 },
      state: { liveCalls: 0, registration: 'none' },
    });
    const rules = [{ prefix: '+44', strip: 3, prepend: '0' }];
    const changed = await ask('POST', `/trunks/${sid}`, { rules, channels: 4, priority: 2 });
    expect(changed.body).toMatchObject({
      rules,
      channels: 4,
      hasPassword: true,
      host: CARRIER.host,
    });
    const cleared = await ask('POST', `/trunks/${sid}`, { password: null, channels: null });
    expect(cleared.body).toMatchObject({ hasPassword: false, channels: null, rules });
    await ask('POST', `/trunks/${sid}`, { password: 'Secret-2' });

    await house.engine.stop('SIGKILL');
    await house.start();
    const listed = await ask('GET', '/trunks');
    expect(listed.body.trunks).toMatchObject([{ sid, hasPassword: true, rules, priority: 2 }]);
    expect(JSON.stringify(listed.body)).not.toContain('Secret');
    const journal = join(house.folder, 'engine', 'journal.jsonl');
    expect(readFileSync(journal, 'utf8')).toContain('Secret-2');
    expect(statSync(journal).mode & 0o777).toBe(0o600);

    expect((await ask('DELETE', `/trunks/${sid}`)).status).toBe(204);
    expect((await ask('GET', `/trunks/${sid}`)).status).toBe(404);
    expect((await ask('DELETE', `/trunks/${sid}`)).body).toMatchObject({ code: 20404 });
  });

  it('are for the account only', async () => {
    const reply = await fetch(`${house.url}/offhook/v1/trunks`);
    expect(reply.status).toBe(401);
    expect(await reply.json()).toMatchObject({ code: 20003, status: 401 });
  });

  it.each([
    [{}, 'name'],
    [{ name: 'A' }, 'host'],
    [{ name: '', host: 'a.example' }, 'name: is empty'],
    [{ name: 'A\u0007', host: 'a.example' }, 'name: has control characters'],
    [{ name: 'A', host: 'a.example', username: 'a', password: '' }, 'password: is empty'],
    [{ name: 'A', host: 'sip:a.example' }, 'host: is neither an address nor a name'],
    [{ name: 'A', host: 'a.example:5060' }, 'host: is neither'],
    [{ name: 'A', host: '999.1.1.1' }, 'host: is neither'],
    [{ name: 'A', host: 'a.example', port: 0 }, 'port: is below 1'],
    [{ name: 'A', host: 'a.example', port: '5060' }, 'port: is no whole number'],
    [{ name: 'A', host: 'a.example', transport: 'ws' }, 'transport: is not udp, tcp or tls'],
    [{ name: 'A', host: 'a.example', username: 'a b' }, 'username'],
    [{ name: 'A', host: 'a.example', username: 'a', password: 'a\r\nVia: x' }, 'password'],
    [{ name: 'A', host: 'a.example', password: 'x' }, 'username: is missing'],
    [{ name: 'A', host: 'a.example', registerSeconds: 300 }, 'username: is missing'],
    [{ name: 'A', host: 'a.example', allowedAddresses: ['1.2.3.4/40'] }, 'allowedAddresses.0'],
    [
      { name: 'A', host: 'a.example', callerIds: ['0207'] },
      'callerIds.0: is not a number in E.164',
    ],
    [{ name: 'A', host: 'a.example', codecs: [] }, 'codecs: is empty'],
    [{ name: 'A', host: 'a.example', codecs: ['PCMU', 'PCMU'] }, 'codecs: names a codec twice'],
    [{ name: 'A', host: 'a.example', codecs: ['opus'] }, 'codecs.0: is not PCMU or PCMA'],
    [{ name: 'A', host: 'a.example', rules: [{ prefix: '44' }] }, 'rules.0.prefix'],
    [{ name: 'A', host: 'a.example', channels: 1.5 }, 'channels: is no whole number'],
    [{ name: 'A', host: 'a.example', tlsCa: 'x', transport: 'tls' }, 'tlsCa: is no certificate'],
    [{ name: 'A', host: 'a.example', colour: 'red' }, 'colour'],
    [[], 'expected object'],
  ])('are refused by the name of what is wrong: %j', async (body, why) => {
    const { status, body: problem } = await ask('POST', '/trunks', body);
    expect(problem).toMatchObject({ status: 400, code: 20001 });
    expect(status).toBe(400);
    expect(problem.message).toContain(why);
  });

  it('have names and places of their own', async () => {
    const made = await ask('POST', '/trunks', CARRIER);
    const same = await ask('POST', '/trunks', { ...CARRIER, host: 'other.invalid' });
    expect([same.status, same.body.code]).toEqual([409, 20409]);
    expect(same.body.message).toContain('named Carrier');
    const twin = await ask('POST', '/trunks', { ...CARRIER, name: 'Twin' });
    expect(twin.body.message).toContain('Carrier is a trunk to carrier.invalid');
    const other = await ask('POST', '/trunks', { ...CARRIER, name: 'Other', username: 'bob' });
    expect(other.status).toBe(201);
    const renamed = await ask('POST', `/trunks/${other.body.sid}`, { name: 'Carrier' });
    expect(renamed.status).toBe(409);
    for (const { sid } of [made.body, other.body]) await ask('DELETE', `/trunks/${sid}`);
  });
});

describe('the environment’s trunk', () => {
  it('is what SIP_TRUNK says for as long as it says it, and cannot be changed', async () => {
    await house.engine.stop();
    await house.start({
      SIP_TRUNK: 'sip:ada:S3cret@carrier.invalid:5070;transport=tcp',
      SIP_TRUNK_CALLER_ID: '+442079460000',
    });
    const { body } = await ask('GET', '/trunks');
    const [trunk] = body.trunks as TrunkAnswer['body'][];
    expect(trunk).toMatchObject({
      ...{ source: 'environment', host: 'carrier.invalid', port: 5070, transport: 'tcp' },
      ...{ username: 'ada', hasPassword: true, callerIds: ['+442079460000'] },
    });
    expect(JSON.stringify(body)).not.toContain('S3cret');
    const path = `/trunks/${trunk?.sid ?? ''}`;
    expect((await ask('POST', path, { name: 'Mine' })).status).toBe(409);
    expect((await ask('DELETE', path)).body.message).toContain('SIP_TRUNK');
    const journal = join(house.folder, 'engine', 'journal.jsonl');
    expect(readFileSync(journal, 'utf8')).not.toContain('S3cret');

    await house.engine.stop();
    await house.start({ SIP_TRUNK: '' });
    expect((await ask('GET', '/trunks')).body.trunks).toEqual([]);
  });
});
