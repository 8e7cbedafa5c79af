import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAnswer } from './support/openapi.ts';
import { ACCOUNT, House } from './support/house.ts';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(async () => {
  // Whatever came, the engine is the one that was started.
  expect((await fetch(`${house.url}/health`)).status).toBe(200);
  await house.close();
});

const SID = ACCOUNT.TWILIO_ACCOUNT_SID;
const NOBODY = '0'.repeat(32);
const CALL = { To: '+447700900001', From: ACCOUNT.TWILIO_CALLER_ID, Twiml: '<Response/>' };

async function ask(
  method: string,
  path: string,
  form?: Record<string, string>,
  init: RequestInit = {},
) {
  const authorization = `Basic ${Buffer.from(`${SID}:${ACCOUNT.TWILIO_AUTH_TOKEN}`).toString('base64')}`;
  const whole = `/2010-04-01/Accounts/${SID}${path}`;
  const reply = await fetch(`${house.url}${whole}`, {
    method,
    ...(form ? { body: new URLSearchParams(form) } : {}),
    ...init,
    headers: { authorization, ...init.headers },
  });
  const body = (await reply.json()) as { code: number; message: string };
  checkAnswer(method, whole, reply.status, body);
  return { status: reply.status, code: body.code, message: body.message };
}

describe('a request', () => {
  it.each([
    ['without a number', { To: null }, 21201],
    ['from no number', { From: null }, 21213],
    ['to an empty number', { To: '' }, 21211],
    ['to a number that is none', { To: '0123' }, 21211],
    ['to a SIP address that is none', { To: 'sip:ada@' }, 21211],
    ['from nobody', { From: '' }, 21212],
    ['with an address that is none', { Url: 'nowhere', Twiml: null }, 21205],
    ['with a file’s address', { Url: 'file:///etc/passwd', Twiml: null }, 21205],
    ['with no instructions', { Twiml: null }, 21205],
    ['with TwiML that is none', { Twiml: '<Response>' }, 12100],
    ['with a callback that is none', { StatusCallback: 'x' }, 21609],
    ['with an unknown event', { StatusCallbackEvent: 'sneezed' }, 20001],
    ['with keys that are none', { SendDigits: 'x' }, 21206],
    ['with too long a ring', { Timeout: '601' }, 21208],
    ['with a method that is none', { Method: 'PUT' }, 21209],
    ['with half a SIP credential', { SipAuthUsername: 'ada' }, 21225],
    ['with an unknown application', { ApplicationSid: `AP${NOBODY}` }, 21218],
    ['with too much TwiML', { Twiml: `<Response>${' '.repeat(4_001)}</Response>` }, 20001],
  ])('%s is refused', async (_, change: Record<string, string | null>, code) => {
    const form = Object.entries({ ...CALL, ...change }).filter(([, value]) => value !== null);
    const { status, ...rest } = await ask('POST', '/Calls.json', Object.fromEntries(form));
    expect(status).toBe(400);
    expect(rest.code).toBe(code);
    expect(rest.message).not.toContain('undefined');
    expect(await house.client.calls.list()).toHaveLength(0);
  });

  it('of 10 MB is refused, and so is what is no form', async () => {
    const big = await ask('POST', '/Calls.json', { ...CALL, Twiml: 'x'.repeat(10_000_000) });
    expect(big).toMatchObject({ status: 413, code: 20413 });
    const headers = { 'content-type': 'application/xml' };
    const xml = await ask('POST', '/Calls.json', undefined, { body: '<Call/>', headers });
    expect(xml).toMatchObject({ status: 415, code: 20415 });
    const json = { 'content-type': 'application/json' };
    const broken = await ask('POST', '/Calls.json', undefined, { body: '{', headers: json });
    expect(broken.status).toBe(400);
  });

  it.each([
    ['GET', `/Calls/CA${NOBODY}.json`],
    ['POST', `/Calls/CA${NOBODY}.json`],
    ['DELETE', `/Calls/CA${NOBODY}.json`],
    ['POST', `/Calls/CA${NOBODY}/Recordings.json`],
    ['GET', `/Calls/CA${NOBODY}/Recordings.json`],
    ['POST', `/Calls/CA${NOBODY}/Recordings/Twilio.CURRENT.json`],
    ['GET', `/Conferences/CF${NOBODY}.json`],
    ['POST', `/Conferences/CF${NOBODY}.json`],
    ['GET', `/Conferences/CF${NOBODY}/Participants.json`],
    ['GET', `/Conferences/CF${NOBODY}/Participants/CA${NOBODY}.json`],
    ['DELETE', `/Conferences/CF${NOBODY}/Participants/CA${NOBODY}.json`],
    ['GET', `/Recordings/RE${NOBODY}.json`],
    ['DELETE', `/Recordings/RE${NOBODY}.json`],
    ['GET', `/Applications/AP${NOBODY}.json`],
    ['GET', `/IncomingPhoneNumbers/PN${NOBODY}.json`],
    ['GET', '/Calls/..%2f..%2fetc%2fpasswd.json'],
    ['PUT', '/Calls.json'],
  ])('%s %s finds nothing', async (method, path) => {
    const form: Record<string, string> = path.endsWith('CURRENT.json') ? { Status: 'stopped' } : {};
    const found = await ask(method, path, method === 'POST' ? form : undefined);
    expect(found).toMatchObject({ status: 404, code: 20404 });
  });

  it.each([
    ['PageSize', '0'],
    ['PageSize', '1001'],
    ['Page', '-1'],
    ['PageToken', 'PAnobody'],
    ['StartTime', 'yesterday'],
    ['Status', 'asleep'],
    ['Colour', 'red'],
  ])('for a list with %s %s is refused', async (name, value) => {
    const query = new URLSearchParams({ [name]: value }).toString();
    const { status, message } = await ask('GET', `/Calls.json?${query}`);
    expect(status).toBe(400);
    expect(message).toContain(name);
  });
});

describe('an ended call', () => {
  it('cannot be changed', async () => {
    const { sid } = await house.client.calls.create({
      ...{ to: '+447700900002', from: CALL.From, twiml: '<Response/>' },
    });
    const call = house.client.calls(sid);
    await expect.poll(async () => (await call.fetch()).status).toBe('busy');
    for (const change of [
      { status: 'completed' },
      { status: 'canceled' },
      { twiml: '<Response/>' },
    ] as const) {
      await expect(call.update(change)).rejects.toMatchObject({ status: 400, code: 21220 });
    }
    await expect(call.recordings.create()).rejects.toMatchObject({ code: 21220 });
  });
});

describe('an application', () => {
  const url = () => `${house.application.url}/script`;
  it.each([
    ['that redirects for ever', '<Response><Redirect>/script</Redirect></Response>'],
    [
      'whose document is hostile',
      '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><Response>&d;</Response>',
    ],
    [
      'that names a file',
      '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Response>&b;</Response>',
    ],
    ['that nests without end', `${'<Response>'.repeat(5_000)}${'</Response>'.repeat(5_000)}`],
    ['that answers with nothing', ''],
    ['that answers with noise', '\u0000\u0001<<<>>>&&&'],
    ['that sends more than TwiML may be', `<Response>${'<Pause/>'.repeat(1_400_000)}</Response>`],
  ])('%s ends its call and nothing else', async (_, body) => {
    house.application.on('/script', { status: 200, type: 'text/xml', body });
    const { sid } = await house.client.calls.create({ to: CALL.To, from: CALL.From, url: url() });
    const status = async () => (await house.client.calls(sid).fetch()).status;
    await expect.poll(status, { timeout: 20_000 }).toBe('completed');
  });
});
