import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Baresip, type BaresipOptions } from '../../test/support/baresip.ts';
import { freePort } from '../../test/support/free-port.ts';
import { ACCOUNT, House } from './support/house.ts';
import { hears } from './support/telephone.ts';

const NUMBER = '+442079460001';
const DOMAIN = 'phones.example.com';
const PASSWORD = 'Correct1Horse2';
const PHONE_HZ = 850;

let house: House;
let sipPort: number;
/** Whatever a call of the engine's trunk reaches. */
let carrier: Baresip;

beforeAll(async () => {
  sipPort = await freePort();
  carrier = await Baresip.start({ user: NUMBER, hz: PHONE_HZ });
  house = await House.open({
    SIP_PORT: String(sipPort),
    SIP_HOST: '127.0.0.1',
    SIP_TRUNK: `sip:127.0.0.1:${carrier.port}`,
    SIP_DOMAIN: DOMAIN,
    SIP_CREDENTIAL_LIST: `CL${'1'.repeat(32)}`,
  });
  const tone = `${house.application.url}/wait.wav`;
  house.application.on('/tone', `<Response><Play loop="0">${tone}</Play></Response>`);
});
afterAll(async () => {
  await house.close();
  await carrier.stop();
});

const url = (path: string) => `${house.application.url}${path}`;
const asked = (path: string, fits: (fields: Record<string, string>) => boolean = () => true) =>
  house.application.next((one) => one.path === path && fits(one.fields));

beforeEach(() => carrier.forget());

const WAIT_HZ = 300;

async function callCarrier(path: string) {
  const from = ACCOUNT.TWILIO_CALLER_ID;
  const call = await house.client.calls.create({ to: NUMBER, from, url: url(path) });
  await carrier.next('CALL_INCOMING');
  return call;
}

describe('a call through a trunk', () => {
  it('reaches a telephone; both hear each other, and the telephone hangs up', async () => {
    const { leg, conferenceSid } = await house.agentInRoom('call_1');
    await house.customer(conferenceSid, NUMBER);
    await carrier.next('CALL_INCOMING');
    expect((await house.leg('ringing')).fields.To).toBe(NUMBER);
    carrier.accept();
    await house.leg('in-progress');
    leg.sendTone(440);
    await Promise.all([leg.hears(PHONE_HZ), hears(carrier, 440)]);
    carrier.hangUp();
    const { fields } = await house.leg('completed');
    expect(fields.SipResponseCode).toBe('200');
    await Promise.all([leg.ended, carrier.next('CALL_CLOSED')]);
  });

  it('is held by the telephone, and taken up again', async () => {
    const { leg, conferenceSid } = await house.agentInRoom('call_2');
    await house.customer(conferenceSid, NUMBER);
    await carrier.next('CALL_INCOMING');
    carrier.accept();
    leg.sendTone(440);
    await Promise.all([leg.hears(PHONE_HZ), hears(carrier, 440)]);
    carrier.command('hold');
    await leg.hears(null);
    carrier.command('resume');
    await leg.hears(PHONE_HZ);
    leg.hangup();
    await carrier.next('CALL_CLOSED');
  });

  it('passes keys on, both ways', async () => {
    const tone = `<Play loop="0">${url('/wait.wav')}</Play>`;
    const gather = `<Gather numDigits="2" action="/keys">${tone}</Gather>`;
    house.application.on('/gather', `<Response><Play digits="7"/>${gather}</Response>`);
    house.application.on('/keys', '<Response><Hangup/></Response>');
    await callCarrier('/gather');
    carrier.accept();
    expect((await carrier.next('CALL_DTMF_START')).param).toBe('7');
    await hears(carrier, WAIT_HZ);
    carrier.press('4');
    carrier.press('2');
    expect((await asked('/keys')).fields.Digits).toBe('42');
    await carrier.next('CALL_CLOSED');
  });

  it('comes in, and is answered by the number’s TwiML', async () => {
    const [number] = await house.client.incomingPhoneNumbers.list();
    await house.client.incomingPhoneNumbers(number?.sid ?? '').update({
      ...{ voiceUrl: url('/tone'), statusCallback: url('/done') },
    });
    carrier.dial(`sip:${ACCOUNT.TWILIO_CALLER_ID.slice(1)}@127.0.0.1:${sipPort}`);
    await carrier.next('CALL_ESTABLISHED');
    const { fields } = await asked('/tone', ({ Direction }) => Direction === 'inbound');
    expect(fields).toMatchObject({
      From: NUMBER,
      To: ACCOUNT.TWILIO_CALLER_ID,
      CallStatus: 'ringing',
      SipSourceIp: '127.0.0.1',
    });
    await hears(carrier, WAIT_HZ);
    carrier.hangUp();
    expect((await asked('/done')).fields.CallStatus).toBe('completed');
    await carrier.next('CALL_CLOSED');
  });

  it('is refused where nobody has the number', async () => {
    carrier.dial(`sip:+442079999999@127.0.0.1:${sipPort}`);
    expect((await carrier.next('CALL_CLOSED')).param).toContain('404');
  });

  it.each([
    ['busy', '486'],
    ['rejected', '603'],
  ])('is refused by <Reject reason="%s"> with %s', async (reason, status) => {
    house.application.on('/reject', `<Response><Reject reason="${reason}"/></Response>`);
    const [number] = await house.client.incomingPhoneNumbers.list();
    await house.client.incomingPhoneNumbers(number?.sid ?? '').update({ voiceUrl: url('/reject') });
    carrier.dial(`sip:${ACCOUNT.TWILIO_CALLER_ID}@127.0.0.1:${sipPort}`);
    expect((await carrier.next('CALL_CLOSED')).param).toContain(status);
  });
});

describe('a call to a SIP address', () => {
  /** A softphone that nobody has registered, at an address of its own. */
  async function elsewhere(more: Partial<BaresipOptions>, then: (phone: Baresip) => Promise<void>) {
    const phone = await Baresip.start({ user: 'eve', hz: PHONE_HZ, ...more });
    try {
      await then(phone);
    } finally {
      await phone.stop();
    }
  }

  it.each(['udp', 'tcp'])('goes there by <Dial><Sip> over %s', (transport) =>
    elsewhere({ when: 'answer' }, async (phone) => {
      const address = `sip:eve@127.0.0.1:${phone.port};transport=${transport}?X-Order=7`;
      house.application.on('/voice', `<Response><Dial><Sip>${address}</Sip></Dial></Response>`);
      const call = await (await house.robot()).call();
      call.sendTone(440);
      await Promise.all([call.hears(PHONE_HZ), hears(phone, 440)]);
      phone.hangUp();
      await call.ended;
    }),
  );
});

describe('an agent’s phone', () => {
  const LIST = `CL${'1'.repeat(32)}`;
  let phone: Baresip;
  beforeAll(async () => {
    await house.client.sip
      .credentialLists(LIST)
      .credentials.create({ username: 'ada', password: PASSWORD });
    phone = await desk('ada', PASSWORD);
    expect(await phone.registered()).toBe('OK');
  });
  afterAll(() => phone.stop());
  beforeEach(() => phone.forget());

  const desk = (user: string, password: string, transport = 'udp', account: string[] = []) =>
    Baresip.start({
      ...{ user, password, account, domain: DOMAIN, hz: PHONE_HZ },
      registrar: `sip:127.0.0.1:${sipPort};transport=${transport}`,
    });

  it('is rung by a call to its address, and talks', async () => {
    const call = await house.client.calls.create({
      ...{ to: `sip:ada@${DOMAIN}`, from: ACCOUNT.TWILIO_CALLER_ID, url: url('/tone') },
    });
    const { peeruri } = await phone.next('CALL_INCOMING');
    expect(peeruri).toContain(ACCOUNT.TWILIO_CALLER_ID);
    expect(call.to).toBe(`sip:ada@${DOMAIN}`);
    phone.accept();
    await hears(phone, WAIT_HZ);
    phone.hangUp();
    await expect
      .poll(async () => (await house.client.calls(call.sid).fetch()).status)
      .toBe('completed');
  });

  it('rings in all places; the first to answer has the call', async () => {
    const other = await desk('ada', PASSWORD, 'tcp');
    expect(await other.registered()).toBe('OK');
    const call = await house.client.calls.create({
      ...{ to: `sip:ada@${DOMAIN}`, from: ACCOUNT.TWILIO_CALLER_ID, url: url('/tone') },
    });
    await Promise.all([phone.next('CALL_INCOMING'), other.next('CALL_INCOMING')]);
    other.accept();
    await phone.next('CALL_CLOSED');
    await hears(other, WAIT_HZ);
    await house.client.calls(call.sid).update({ status: 'completed' });
    await other.next('CALL_CLOSED');
    await other.stop();
  });

  it('that takes no plain sound is asked once more, while the others ring on', async () => {
    const secret = await desk('ada', PASSWORD, 'tcp', ['mediaenc=srtp-mand']);
    expect(await secret.registered()).toBe('OK');
    const call = await house.client.calls.create({
      ...{ to: `sip:ada@${DOMAIN}`, from: ACCOUNT.TWILIO_CALLER_ID, url: url('/tone') },
    });
    await Promise.all([phone.next('CALL_INCOMING'), secret.next('CALL_INCOMING')]);
    const closed = phone.events.filter(({ type }) => type === 'CALL_CLOSED');
    expect(closed).toEqual([]);
    secret.accept();
    await Promise.all([phone.next('CALL_CLOSED'), hears(secret, WAIT_HZ)]);
    secret.forget();
    await house.client.calls(call.sid).update({ status: 'completed' });
    await secret.next('CALL_CLOSED');
    await secret.stop();
  });

  it('calls out, and its domain’s voice URL says what becomes of it', async () => {
    house.application.on(
      '/voice',
      `<Response><Dial callerId="${ACCOUNT.TWILIO_CALLER_ID}"><Number>${NUMBER}</Number></Dial></Response>`,
    );
    phone.dial(`sip:${NUMBER}@${DOMAIN}`);
    const { fields } = await asked('/voice', ({ From }) => From === `sip:ada@${DOMAIN}`);
    expect(fields).toMatchObject({ To: `sip:${NUMBER}@${DOMAIN}`, SipDomain: DOMAIN });
    await carrier.next('CALL_INCOMING');
    carrier.accept();
    await Promise.all([hears(phone, PHONE_HZ), hears(carrier, PHONE_HZ)]);
    phone.hangUp();
    await carrier.next('CALL_CLOSED');
  });

  it('calls encrypted, if it wants to (SRTP)', async () => {
    house.application.on(
      '/voice',
      `<Response><Play loop="0">${url('/wait.wav')}</Play></Response>`,
    );
    const secret = await desk('ada', PASSWORD, 'tcp', ['mediaenc=srtp-mand']);
    expect(await secret.registered()).toBe('OK');
    secret.dial(`sip:${NUMBER}@${DOMAIN}`);
    await secret.next('CALL_ESTABLISHED');
    await hears(secret, WAIT_HZ);
    secret.hangUp();
    await secret.next('CALL_CLOSED');
    await secret.stop();
  });

  it('that is not registered is not reached', async () => {
    const call = await house.client.calls.create({
      ...{ to: `sip:bob@${DOMAIN}`, from: ACCOUNT.TWILIO_CALLER_ID, url: url('/tone') },
    });
    const record = await house.client.calls(call.sid).fetch();
    expect(record.status).toBe('no-answer');
  });

  it('with a wrong password is refused', async () => {
    const stranger = await desk('ada', 'Wrong1Password');
    expect(await stranger.registered()).toBe('ERR');
    await stranger.stop();
  });
});
