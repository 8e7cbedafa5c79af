import { createSocket } from 'node:dgram';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { testAuthority } from '../src/sip/transport/test-certificates.ts';
import { freePort } from '../../test/support/free-port.ts';
import { House } from './support/house.ts';
import { startSipp, type Sipp, type SippOptions } from './support/sipp.ts';
import { openTlsCarrier } from './support/tls-carrier.ts';
import { askEngine } from './support/trunk-api.ts';

let house: House;
beforeAll(async () => {
  house = await House.open({ SIP_HOST: '127.0.0.1', SIP_PORT: '0' });
});
afterAll(() => house.close());

const open: { sipps: Sipp[]; trunks: string[] } = { sipps: [], trunks: [] };
afterEach(async () => {
  for (const sid of open.trunks.splice(0)) await askEngine(house, 'DELETE', `/trunks/${sid}`);
  for (const sipp of open.sipps.splice(0)) await sipp.stop();
});

/** sipp as a carrier; it goes on until the story is over. */
async function carrier(scenario: string, more: Partial<SippOptions> = {}): Promise<Sipp> {
  const sipp = await startSipp({ scenario, trunk: true, calls: 1000, ...more });
  open.sipps.push(sipp);
  return sipp;
}

async function trunk(port: number, more: Record<string, unknown> = {}): Promise<string> {
  const place = { name: `Carrier ${port}`, host: '127.0.0.1', port };
  const { status, body } = await askEngine(house, 'POST', '/trunks', { ...place, ...more });
  expect(body).toMatchObject({ name: place.name });
  expect(status).toBe(201);
  open.trunks.push(body.sid);
  return body.sid;
}

async function state(sid: string): Promise<Record<string, unknown>> {
  const { body } = await askEngine(house, 'GET', `/trunks/${sid}`);
  return body.state as Record<string, unknown>;
}

describe('a trunk’s state', () => {
  it('is up while OPTIONS are answered, and down with words when they are not any more', async () => {
    const sipp = await carrier('uas');
    const sid = await trunk(sipp.port, { keepAliveSeconds: 5 });
    await expect.poll(() => state(sid), WAIT).toMatchObject({ state: 'up', problem: null });
    expect((await state(sid)).pingMs).toBeGreaterThanOrEqual(0);
    await sipp.stop();
    await expect.poll(() => state(sid), WAIT).toMatchObject({ state: 'down', pingMs: null });
    const problem = (await state(sid)).problem as Record<string, string>;
    // Nobody has that port any more: there is no silence to wait through.
    expect(problem.code).toBe('unreachable');
    expect(problem.text).toContain('127.0.0.1');
  });

  it('is off when the trunk is, and looked at anew when it is on again', async () => {
    const sipp = await carrier('uas');
    const sid = await trunk(sipp.port, { enabled: false });
    expect(await state(sid)).toMatchObject({ state: 'off', pingMs: null });
    await askEngine(house, 'POST', `/trunks/${sid}`, { enabled: true });
    await expect.poll(() => state(sid), WAIT).toMatchObject({ state: 'up' });
  });

  it('says that a name has no address', async () => {
    const sid = await trunk(5060, { host: 'no-such-carrier.invalid', port: null });
    await expect
      .poll(() => state(sid), WAIT)
      .toMatchObject({
        state: 'down',
        problem: { code: 'name_unknown', sipStatus: null },
      });
    const problem = (await state(sid)).problem as Record<string, string>;
    expect(problem.text).toContain('no-such-carrier.invalid');
  });

  it('says that the certificate is not trusted, until it is', async () => {
    const authority = testAuthority();
    const far = await openTlsCarrier(authority.sign('IP:127.0.0.1'));
    const sid = await trunk(far.port, { transport: 'tls', keepAliveSeconds: 5 });
    await expect
      .poll(() => state(sid), WAIT)
      .toMatchObject({ state: 'down', problem: { code: 'certificate_refused' } });
    await askEngine(house, 'POST', `/trunks/${sid}`, { tlsCa: authority.ca });
    await expect.poll(() => state(sid), WAIT).toMatchObject({ state: 'up', problem: null });
    await far.close();
    authority.close();
  });

  it('is up over TCP', async () => {
    const sipp = await carrier('uas', { transport: 'tcp' });
    const sid = await trunk(sipp.port, { transport: 'tcp' });
    await expect.poll(() => state(sid), WAIT).toMatchObject({ state: 'up' });
  });
});

describe('a registration', () => {
  it('is kept with the right password', async () => {
    const sipp = await carrier('registrar', { trunk: false });
    const credentials = { username: 'offhook', password: 'secret', registerSeconds: 300 };
    const sid = await trunk(sipp.port, { ...credentials, keepAliveSeconds: null });
    await expect
      .poll(() => state(sid), WAIT)
      .toMatchObject({ state: 'up', registration: 'registered', problem: null });
  });

  it('is refused with the wrong one, in words', async () => {
    const sipp = await carrier('registrar', { trunk: false });
    const credentials = { username: 'offhook', password: 'wrong', registerSeconds: 300 };
    const sid = await trunk(sipp.port, credentials);
    await expect
      .poll(() => state(sid), WAIT)
      .toMatchObject({
        state: 'down',
        registration: 'failed',
        problem: { code: 'credentials_refused', sipStatus: 403 },
      });
    const problem = (await state(sid)).problem as Record<string, string>;
    expect(problem.text).toContain('Look at the user name and the password.');
  });
});

describe('our own port', () => {
  it('is not open before there is a trunk, and ends nothing when it is taken', async () => {
    const port = await freePort();
    const other = await House.open({ SIP_HOST: '127.0.0.1', SIP_PORT: String(port) });
    const taken = createSocket('udp4');
    await new Promise<void>((resolve) => taken.bind(port, '127.0.0.1', resolve));
    const sipp = await carrier('uas');
    const place = { name: 'Carrier', host: '127.0.0.1', port: sipp.port, keepAliveSeconds: 5 };
    const { body } = await askEngine(other, 'POST', '/trunks', place);
    const look = async () => (await askEngine(other, 'GET', `/trunks/${body.sid}`)).body.state;
    await expect.poll(look, WAIT).toMatchObject({
      state: 'down',
      problem: { text: `Our own SIP port ${port} is in use by another program. ${ADVICE}` },
    });
    taken.close();
    await expect.poll(look, WAIT).toMatchObject({ state: 'up' });
    await other.close();
  });
});

const ADVICE = 'Look at SIP_PORT and SIP_HOST.';
const WAIT = { timeout: 25_000, interval: 100 };
