import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../test/support/free-port.ts';
import { ACCOUNT, House } from './support/house.ts';
import { startSipp, type Sipp, type SippOptions } from './support/sipp.ts';
import { askEngine } from './support/trunk-api.ts';

const NUMBER = '+442079460001';
const OURS = ACCOUNT.TWILIO_CALLER_ID;

let house: House;
let sipPort: number;
beforeAll(async () => {
  sipPort = await freePort();
  house = await House.open({ SIP_HOST: '127.0.0.1', SIP_PORT: String(sipPort) });
  const tone = `${house.application.url}/wait.wav`;
  house.application.on('/talk', `<Response><Play loop="0">${tone}</Play></Response>`);
  house.application.on('/busy', '<Response><Reject reason="busy"/></Response>');
  house.application.on('/no', '<Response><Reject/></Response>');
  const ringing = '<Dial answerOnBridge="true"><Number>+447700900003</Number></Dial>';
  house.application.on('/ring', `<Response>${ringing}</Response>`);
});
afterAll(() => house.close());

const open: { sipps: Sipp[]; trunks: string[] } = { sipps: [], trunks: [] };
afterEach(async () => {
  for (const sid of open.trunks.splice(0)) await askEngine(house, 'DELETE', `/trunks/${sid}`);
  for (const sipp of open.sipps.splice(0)) await sipp.stop();
  house.application.asked.length = 0;
});

const url = (path: string) => `${house.application.url}${path}`;

async function sipp(scenario: string, more: Partial<SippOptions> = {}): Promise<Sipp> {
  const peer = await startSipp({ scenario, seconds: 15, ...more });
  open.sipps.push(peer);
  return peer;
}

/** sipp as a carrier, and a trunk to it. */
async function carrier(
  scenario: string,
  options: Partial<SippOptions> = {},
  settings: Record<string, unknown> = {},
): Promise<Sipp> {
  const peer = await sipp(scenario, options);
  await trunk(peer.port, settings);
  return peer;
}

async function trunk(port: number, settings: Record<string, unknown> = {}): Promise<void> {
  const { body } = await askEngine(house, 'POST', '/trunks', {
    ...{ name: `Carrier ${port}`, host: '127.0.0.1', port, keepAliveSeconds: null },
    ...settings,
  });
  expect(body.sid, JSON.stringify(body)).toMatch(/^TK/);
  open.trunks.push(body.sid);
}

function call(more: { timeout?: number; timeLimit?: number } = {}) {
  return house.client.calls.create({
    ...{ to: NUMBER, from: OURS, url: url('/talk'), statusCallback: url('/status') },
    statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    ...more,
  });
}

const status = (wanted: string) =>
  house.application.next(({ path, fields }) => path === '/status' && fields.CallStatus === wanted);

async function expectAllWell(peer: Sipp): Promise<void> {
  expect(await peer.done).toMatchObject({ code: 0, errors: '' });
}

/** The last word about a call, with what is kept of what went wrong. */
async function end(sid: string) {
  const { fields } = await house.application.next(
    ({ path, fields: { SipResponseCode } }) => path === '/status' && SipResponseCode !== undefined,
  );
  const notes = await house.client.calls(sid).notifications.list();
  return {
    status: fields.CallStatus,
    sip: fields.SipResponseCode,
    notices: notes.map(({ errorCode, messageText }) => [errorCode, messageText]),
  };
}

describe('a call over a trunk', () => {
  it.each(['udp', 'tcp'] as const)('is answered, and hung up by us over %s', async (transport) => {
    const peer = await carrier('uas', { transport }, { transport });
    const { sid } = await call();
    await status('ringing');
    await status('in-progress');
    await house.client.calls(sid).update({ status: 'completed' });
    expect(await end(sid)).toEqual({ status: 'completed', sip: '200', notices: [] });
    await expectAllWell(peer);
  });

  it('is hung up by the far end', async () => {
    const peer = await carrier('uas-bye');
    const { sid } = await call();
    expect(await end(sid)).toEqual({ status: 'completed', sip: '200', notices: [] });
    await expectAllWell(peer);
  });

  it('is let in with the trunk’s credentials', async () => {
    const credentials = { username: 'offhook', password: 'secret' };
    const peer = await carrier('uas-digest', {}, credentials);
    const { sid } = await call();
    await status('in-progress');
    await house.client.calls(sid).update({ status: 'completed' });
    await expectAllWell(peer);
  });

  it.each([
    ['486 Busy Here', 'busy'],
    ['603 Decline', 'busy'],
    ['480 Temporarily Unavailable', 'no-answer'],
    ['404 Not Found', 'failed'],
    ['403 Forbidden', 'failed'],
    ['503 Service Unavailable', 'failed'],
  ])('that is refused with %s is %s', async (refusal, wanted) => {
    const peer = await carrier('uas-refuse', { keys: { status: refusal } });
    const { sid } = await call();
    const { notices, ...how } = await end(sid);
    expect(how).toEqual({ status: wanted, sip: refusal.slice(0, 3) });
    expect(notices).toHaveLength(wanted === 'failed' ? 1 : 0);
    await expectAllWell(peer);
  });

  it('that is answered without a description is ended, and says so', async () => {
    const peer = await carrier('uas-no-sdp');
    const { sid } = await call();
    const { status: how, notices } = await end(sid);
    expect(how).toBe('failed');
    expect(notices[0]?.[1]).toContain('without a description');
    const { body } = await askEngine(house, 'GET', `/trunks/${open.trunks[0]}`);
    expect(body.state).toMatchObject({ state: 'up', problem: { code: 'no_description' } });
    await expectAllWell(peer);
  });

  it('is held and taken back', async () => {
    const peer = await carrier('uas-hold');
    const { sid } = await call({ timeLimit: 2 });
    expect(await end(sid)).toMatchObject({ status: 'completed', notices: [] });
    await expectAllWell(peer);
  });

  it.each(['uas-no-answer', 'uas-cancel-crossing'])('is cancelled: %s', async (scenario) => {
    const peer = await carrier(scenario);
    const { sid } = await call();
    await status('ringing');
    await house.client.calls(sid).update({ status: 'canceled' });
    expect(await end(sid)).toMatchObject({ status: 'canceled', sip: '487' });
    await expectAllWell(peer);
  });

  it('that rings for too long is not answered', async () => {
    const peer = await carrier('uas-no-answer');
    const { sid } = await call({ timeout: 1 });
    expect(await end(sid)).toMatchObject({ status: 'no-answer', sip: '487' });
    await expectAllWell(peer);
  });

  it('takes the next trunk where the first one cannot carry it', async () => {
    const first = await carrier('uas-refuse', { keys: { status: '503 No' } }, { priority: 0 });
    const second = await carrier('uas', {}, { priority: 1 });
    const { sid } = await call();
    await status('in-progress');
    await house.client.calls(sid).update({ status: 'completed' });
    await Promise.all([expectAllWell(first), expectAllWell(second)]);
  });

  it.each(['tcp', 'udp'])(
    'takes the next trunk where nobody is there, over %s',
    async (transport) => {
      await trunk(await freePort(), { priority: 0, transport });
      const second = await carrier('uas', {}, { priority: 1 });
      const { sid } = await call();
      await status('in-progress');
      await house.client.calls(sid).update({ status: 'completed' });
      await expectAllWell(second);
    },
  );

  it('takes no other trunk where who is called is busy', async () => {
    await carrier('uas-refuse', { keys: { status: '486 Busy Here' } }, { priority: 0 });
    const second = await carrier('uas', {}, { priority: 1 });
    const { sid } = await call();
    expect(await end(sid)).toMatchObject({ status: 'busy', sip: '486' });
    expect((await second.stop()).messages).not.toContain('INVITE');
  });
});

describe('a call that comes in', () => {
  /** sipp calls us, from a trunk's address. */
  async function caller(
    scenario: string,
    voice: string,
    options: Partial<SippOptions> = {},
  ): Promise<Sipp> {
    const [number] = await house.client.incomingPhoneNumbers.list({ phoneNumber: OURS });
    await house.client.incomingPhoneNumbers(number?.sid ?? '').update({
      ...{ voiceUrl: url(voice), statusCallback: url('/status') },
    });
    await trunk(5999);
    const remote = { address: '127.0.0.1', port: sipPort };
    return sipp(scenario, { remote, service: OURS, ...options });
  }

  it.each(['uac', 'uac-late-offer'])('is answered: %s', async (scenario) => {
    const peer = await caller(scenario, '/talk', { args: ['-d', '200'] });
    await expectAllWell(peer);
    expect((await status('completed')).fields).toMatchObject({
      ...{ From: '+442071838751', To: OURS, Direction: 'inbound', SipResponseCode: '200' },
    });
  });

  it('brings the caller’s own headers to the application', async () => {
    await expectAllWell(await caller('uac-headers', '/talk', { args: ['-d', '100'] }));
    const { fields } = await house.application.next(({ path }) => path === '/talk');
    expect(fields).toMatchObject({
      ...{ 'SipHeader_X-Order': '4711', 'SipHeader_x-note': 'two words; and=more' },
      ...{ ForwardedFrom: '+442079460999', SipSourceIp: '127.0.0.1' },
    });
    expect(Object.keys(fields).filter((name) => name.startsWith('SipHeader_'))).toHaveLength(2);
  });

  it('may be written in the national form', async () => {
    const peer = await caller('uac', '/talk', {
      ...{ service: `0${OURS.slice(3)}`, args: ['-d', '100'] },
    });
    await expectAllWell(peer);
    expect((await status('completed')).fields.To).toBe(OURS);
  });

  it('is given up by the caller while it rings', async () => {
    const peer = await caller('uac-cancel', '/ring');
    await expectAllWell(peer);
    expect((await status('canceled')).fields.SipResponseCode).toBe('487');
  });

  it.each([
    ['486', '/busy'],
    ['603', '/no'],
  ])('is refused with %s as TwiML says', async (refusal, voice) => {
    const peer = await caller('uac-refused', voice, { keys: { status: refusal } });
    await expectAllWell(peer);
  });

  it('is refused where the number is not ours', async () => {
    const options = { service: '+15550001111', keys: { status: '404' } };
    await expectAllWell(await caller('uac-refused', '/talk', options));
  });

  it('from a stranger gets no answer at all', async () => {
    const remote = { address: '127.0.0.1', port: sipPort };
    const peer = await sipp('uac-refused', { remote, keys: { status: '404' }, seconds: 2 });
    const { code, messages } = await peer.done;
    expect(code).not.toBe(0);
    expect(messages).toContain('INVITE');
    expect(messages).not.toContain('message received');
  });
});
