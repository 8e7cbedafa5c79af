import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, House } from './support/house.ts';
import { startSipp, type Sipp } from './support/sipp.ts';
import { askEngine } from './support/trunk-api.ts';

const NUMBER = '+442079460000';
const WAIT = { timeout: 20_000, interval: 100 };

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

/** sipp as a carrier, and a trunk to it that is tried after those before it. */
async function carrier(scenario: string, status = '', channels: number | null = null) {
  const sipp = await startSipp({ scenario, trunk: true, calls: 1000, keys: { status } });
  open.sipps.push(sipp);
  const { body } = await askEngine(house, 'POST', '/trunks', {
    ...{ name: `Carrier ${sipp.port}`, host: '127.0.0.1', port: sipp.port, channels },
    ...{ priority: open.trunks.length, keepAliveSeconds: null },
  });
  open.trunks.push(body.sid);
  return { sipp, sid: body.sid };
}

function call() {
  const twiml = '<Response><Pause length="60"/></Response>';
  return house.client.calls.create({ to: NUMBER, from: ACCOUNT.TWILIO_CALLER_ID, twiml });
}

const statusOf = async (sid: string) => (await house.client.calls(sid).fetch()).status;
const stateOf = async (sid: string) => (await askEngine(house, 'GET', `/trunks/${sid}`)).body.state;

it('a call that one trunk cannot carry goes over the next', async () => {
  const broken = await carrier('uas-refuse', '503 Service Unavailable');
  const works = await carrier('uas');
  const { sid } = await call();
  await expect.poll(() => statusOf(sid), WAIT).toBe('in-progress');
  expect(await stateOf(broken.sid)).toMatchObject({
    ...{ state: 'up', liveCalls: 0 },
    problem: { code: 'refused', sipStatus: 503 },
  });
  expect(await stateOf(works.sid)).toMatchObject({ state: 'up', problem: null, liveCalls: 1 });
  await house.client.calls(sid).update({ status: 'completed' });
  await expect.poll(() => stateOf(works.sid), WAIT).toMatchObject({ liveCalls: 0 });
});

it('a call does not wait where nobody listens any more', async () => {
  const gone = await carrier('uas');
  const works = await carrier('uas');
  await gone.sipp.stop();
  const { sid } = await call();
  // Less than the 5 s that silence is given.
  await expect.poll(() => statusOf(sid), { ...WAIT, timeout: 3_000 }).toBe('in-progress');
  expect(await stateOf(gone.sid)).toMatchObject({ problem: { code: 'unreachable' } });
  await house.client.calls(sid).update({ status: 'completed' });
  await expect.poll(() => stateOf(works.sid), WAIT).toMatchObject({ liveCalls: 0 });
});

it('a busy number is busy on every trunk', async () => {
  const busy = await carrier('uas-refuse', '486 Busy Here');
  const other = await carrier('uas');
  const { sid } = await call();
  await expect.poll(() => statusOf(sid), WAIT).toBe('busy');
  expect(await stateOf(busy.sid)).toMatchObject({ state: 'up', problem: null });
  expect((await other.sipp.stop()).messages).not.toContain('INVITE');
});

it('a trunk without a free channel is passed over; with none left the call fails', async () => {
  const small = await carrier('uas', '', 1);
  const large = await carrier('uas', '', 1);
  const [one, two] = [await call(), await call()];
  await expect.poll(() => statusOf(one.sid), WAIT).toBe('in-progress');
  await expect.poll(() => statusOf(two.sid), WAIT).toBe('in-progress');
  expect(await stateOf(small.sid)).toMatchObject({ liveCalls: 1 });
  expect(await stateOf(large.sid)).toMatchObject({ liveCalls: 1 });
  const three = await call();
  await expect.poll(() => statusOf(three.sid), WAIT).toBe('failed');
  for (const { sid } of [one, two]) {
    await house.client.calls(sid).update({ status: 'completed' });
  }
});
