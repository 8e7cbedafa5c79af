import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { House } from './support/house.ts';
import { startSipp, type Sipp, type SippOptions } from './support/sipp.ts';
import { askEngine } from './support/trunk-api.ts';

const NUMBER = '+442079460000';

interface TestCall {
  id: string;
  state: string;
  steps: { at: number; code: string; text: string; ok: boolean }[];
  problem: { code: string; text: string; sipStatus: number | null } | null;
  startedAt: number;
  endedAt: number | null;
}

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

/** sipp as a carrier, and a trunk to it. */
async function carrier(
  scenario: string,
  sippOptions: Partial<SippOptions> = {},
  settings: Record<string, unknown> = {},
): Promise<{ sid: string; sipp: Sipp }> {
  const sipp = await startSipp({ scenario, trunk: true, calls: 1000, ...sippOptions });
  open.sipps.push(sipp);
  return { sipp, sid: await trunk(sipp.port, settings) };
}

async function trunk(port: number, settings: Record<string, unknown> = {}): Promise<string> {
  const { body } = await askEngine(house, 'POST', '/trunks', {
    ...{ name: `Carrier ${port}`, host: '127.0.0.1', port },
    ...{ callerIds: ['+442079460999'], keepAliveSeconds: null },
    ...settings,
  });
  expect(body.sid, JSON.stringify(body)).toMatch(/^TK/);
  open.trunks.push(body.sid);
  return body.sid;
}

async function begin(sid: string, to = NUMBER): Promise<TestCall> {
  const { status, body } = await askEngine(house, 'POST', `/trunks/${sid}/test-calls`, { to });
  expect(status, JSON.stringify(body)).toBe(201);
  return body as unknown as TestCall;
}

async function look(sid: string, id: string): Promise<TestCall> {
  const { body } = await askEngine(house, 'GET', `/trunks/${sid}/test-calls/${id}`);
  return body as unknown as TestCall;
}

/** Places a test call and waits for its end. */
async function testCall(sid: string): Promise<TestCall> {
  const { id } = await begin(sid);
  await expect
    .poll(async () => (await look(sid, id)).state, { timeout: 50_000, interval: 100 })
    .not.toBe('running');
  return look(sid, id);
}

const codes = ({ steps }: TestCall) => steps.map(({ code, ok }) => (ok ? code : `${code}!`));

describe('a test call', () => {
  it('passes where sound flows both ways, step by step', async () => {
    const { sid, sipp } = await carrier('uas', { args: ['-rtp_echo'] });
    const call = await testCall(sid);
    expect(call.problem).toBeNull();
    expect(call.state).toBe('passed');
    expect(codes(call)).toEqual([
      ...['lookup', 'reach', 'invite', 'ringing', 'answered', 'audio_out', 'audio_in', 'done'],
    ]);
    expect(call.steps.at(-2)?.text).toMatch(/^\d+ packets came in, with sound in them\.$/);
    expect(call.endedAt).toBeGreaterThanOrEqual(call.startedAt);
    const { body } = await askEngine(house, 'GET', `/trunks/${sid}`);
    expect(body.state).toMatchObject({ state: 'up', problem: null, liveCalls: 0 });
    const { messages } = await sipp.stop();
    expect(messages).toContain(`INVITE sip:${NUMBER}@127.0.0.1:${sipp.port} SIP/2.0`);
    expect(messages).toContain('<sip:+442079460999@127.0.0.1>');
    expect(messages).toContain('BYE ');
  });

  it('says that no sound comes in, and what to look at', async () => {
    const { sid } = await carrier('uas');
    const call = await testCall(sid);
    expect(call).toMatchObject({ state: 'failed', problem: { code: 'no_audio' } });
    expect(codes(call).slice(-2)).toEqual(['audio_out', 'audio_in!']);
    expect(call.problem?.text).toContain('SIP_PUBLIC_ADDRESS');
  });

  it('signs in', async () => {
    const credentials = { username: 'offhook', password: 'secret' };
    const { sid } = await carrier('uas-digest', { args: ['-rtp_echo'] }, credentials);
    expect(await testCall(sid)).toMatchObject({ state: 'passed' });
  });

  it('says that the credentials are refused', async () => {
    const credentials = { username: 'offhook', password: 'wrong' };
    const { sid } = await carrier('uas-digest', {}, credentials);
    const call = await testCall(sid);
    expect(call.problem).toMatchObject({ code: 'forbidden', sipStatus: 403 });
    expect(call.problem?.text).toContain('the user name and the password');
    expect(codes(call)).toEqual(['lookup', 'reach', 'invite!']);
    const { body } = await askEngine(house, 'GET', `/trunks/${sid}`);
    expect(body.state).toMatchObject({ state: 'up', problem: { code: 'forbidden' } });
  });

  it('says that credentials are wanted and there are none', async () => {
    const { sid } = await carrier('uas-digest');
    expect((await testCall(sid)).problem).toMatchObject({
      code: 'credentials_refused',
      sipStatus: 401,
    });
  });

  it.each([
    ['404 Not Found', 'no_route', 404],
    ['486 Busy Here', 'busy_here', 486],
    ['480 Temporarily Unavailable', 'no_answer', 480],
    ['488 Not Acceptable Here', 'no_codec', 488],
    ['503 Service Unavailable', 'refused', 503],
  ])('says what %s means', async (status, code, sipStatus) => {
    const { sid } = await carrier('uas-refuse', { keys: { status } });
    expect(await testCall(sid)).toMatchObject({ state: 'failed', problem: { code, sipStatus } });
  });

  it('says that the answer has no description', async () => {
    const { sid } = await carrier('uas-no-sdp');
    const call = await testCall(sid);
    expect(call.problem).toMatchObject({ code: 'no_description', sipStatus: 200 });
  });

  it('says that nobody is there', async () => {
    const { sid, sipp } = await carrier('uas', { transport: 'tcp' }, { transport: 'tcp' });
    await sipp.stop();
    const call = await testCall(sid);
    expect(call).toMatchObject({ state: 'failed', problem: { code: 'unreachable' } });
    expect(codes(call)).toEqual(['lookup', 'reach!']);
  });

  it('says that the name leads nowhere', async () => {
    const sid = await trunk(5060, { host: 'no-such-carrier.invalid', port: null });
    const call = await testCall(sid);
    expect(call.problem).toMatchObject({ code: 'name_unknown' });
    expect(codes(call)).toEqual(['lookup!']);
  });

  it('is one at a time, to a number that the trunk takes', async () => {
    const rules = [{ prefix: '+44', strip: 3, prepend: '0' }];
    const { sid, sipp } = await carrier('uas', { args: ['-rtp_echo'] }, { rules });
    const path = `/trunks/${sid}/test-calls`;
    const paris = await askEngine(house, 'POST', path, { to: '+33140000000' });
    expect(paris.body.message).toContain('no rule of Carrier');
    const wrong = await askEngine(house, 'POST', path, { to: '0207' });
    expect(wrong.body).toMatchObject({ status: 400, code: 20001 });
    const { id } = await begin(sid);
    const second = await askEngine(house, 'POST', path, { to: NUMBER });
    expect([second.status, second.body.code]).toEqual([409, 20409]);
    expect((await askEngine(house, 'GET', `${path}/TCnone`)).status).toBe(404);
    await expect.poll(async () => (await look(sid, id)).state, { timeout: 20_000 }).toBe('passed');
    expect((await sipp.stop()).messages).toContain('INVITE sip:02079460000@127.0.0.1');
  });
});
