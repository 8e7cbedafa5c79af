import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Baresip } from '../../test/support/baresip.ts';
import { freePort } from '../../test/support/free-port.ts';
import { Kamailio } from '../../test/support/kamailio.ts';
import { ACCOUNT, House } from './support/house.ts';
import { hears } from './support/telephone.ts';

const DOMAIN = 'phones.example.com';
const LIST = `CL${'1'.repeat(32)}`;
const PASSWORD = 'Correct1Horse2';
/** Enough of them that both engines have some. */
const NUMBERS = Array.from({ length: 8 }, (_, at) => `+44207946010${at}`);
const FIRST_HZ = 850;
const SECOND_HZ = 1300;

let proxy: Kamailio;
let engines: House[] = [];
/** The carrier's side of the proxy: who is called, and who calls us. */
let first: Baresip;
let second: Baresip;

beforeAll(async () => {
  const port = await freePort();
  first = await Baresip.start({ user: ACCOUNT.TWILIO_CALLER_ID, hz: FIRST_HZ });
  second = await Baresip.start({ user: ACCOUNT.TWILIO_CALLER_ID, hz: SECOND_HZ });
  const ports = [await freePort(), await freePort()];
  engines = await Promise.all(ports.map((sip) => openEngine(sip, port)));
  const carriers = [first.port, second.port];
  proxy = await Kamailio.start({ port, engines: ports, carriers });
});
afterAll(async () => {
  await proxy.stop();
  await Promise.all([first.stop(), second.stop(), ...engines.map((engine) => engine.close())]);
});
beforeEach(() => {
  for (const { application } of engines) application.asked.length = 0;
  first.forget();
  second.forget();
});

async function openEngine(sip: number, proxyPort: number): Promise<House> {
  const house = await House.open({
    ...{ SIP_HOST: '127.0.0.1', SIP_PORT: String(sip), SIP_DOMAIN: DOMAIN },
    ...{ SIP_CREDENTIAL_LIST: LIST, SIP_TRUNK: `sip:127.0.0.1:${proxyPort}` },
  });
  const { application, client } = house;
  const room = '<Dial><Conference beep="false">team</Conference></Dial>';
  application.on('/room', `<Response>${room}</Response>`);
  application.on('/tone', `<Response><Play loop="0">${application.url}/wait.wav</Play></Response>`);
  for (const phoneNumber of NUMBERS) {
    await client.incomingPhoneNumbers.create({ phoneNumber, voiceUrl: `${application.url}/room` });
  }
  await client.sip
    .credentialLists(LIST)
    .credentials.create({ username: 'ada', password: PASSWORD });
  return house;
}

/** The engine whose application is asked about a call to the number. */
async function whoIsAsked(number: string): Promise<House> {
  const asked = (house: House) =>
    house.application
      .next(({ path, fields }) => path === '/room' && fields.Called === number)
      .then(() => house);
  return Promise.any(engines.map(asked));
}

async function callIn(phone: Baresip, number: string): Promise<House> {
  phone.dial(`sip:${number}@127.0.0.1:${proxy.port}`);
  return whoIsAsked(number);
}

async function hangUp(...phones: Baresip[]): Promise<void> {
  for (const phone of phones) phone.hangUp();
  await Promise.all(phones.map((phone) => phone.next('CALL_CLOSED')));
}

describe('two engines behind one proxy', () => {
  it('bring everybody who calls one number together in one room', async () => {
    const [number = ''] = NUMBERS;
    const house = await callIn(first, number);
    await first.next('CALL_ESTABLISHED');
    house.application.asked.length = 0;
    expect(await callIn(second, number)).toBe(house);
    await Promise.all([hears(first, SECOND_HZ), hears(second, FIRST_HZ)]);
    await hangUp(first, second);
  });

  it('share the numbers, and the numbers of a dead one move', async () => {
    const owners = new Map<string, House>();
    for (const number of NUMBERS) {
      owners.set(number, await callIn(first, number));
      await first.next('CALL_ESTABLISHED');
      await hangUp(first);
    }
    expect(new Set(owners.values()).size).toBe(2);

    const [dead, alive] = engines as [House, House];
    await dead.engine.stop('SIGKILL');
    for (const { application } of engines) application.asked.length = 0;
    for (const number of NUMBERS) {
      expect(await callIn(first, number)).toBe(alive);
      await first.next('CALL_ESTABLISHED');
      await hangUp(first);
    }
    await dead.start();
  });

  it('call out through it, each its own calls', async () => {
    for (const house of engines) {
      first.forget();
      const call = await house.client.calls.create({
        ...{ to: ACCOUNT.TWILIO_CALLER_ID, from: ACCOUNT.TWILIO_CALLER_ID },
        ...{ url: `${house.application.url}/tone`, statusCallback: `${house.application.url}/leg` },
      });
      await first.next('CALL_INCOMING');
      first.accept();
      await first.next('CALL_ESTABLISHED');
      await hears(first, 300);
      first.hangUp();
      const { fields } = await house.leg('completed');
      expect(fields.CallSid).toBe(call.sid);
    }
  });

  it('both know the phones that register through it, and ring them', async () => {
    const ada = await Baresip.start({
      ...{ user: 'ada', domain: DOMAIN, password: PASSWORD, hz: FIRST_HZ },
      registrar: `sip:127.0.0.1:${proxy.port}`,
    });
    try {
      await ada.registered();
      for (const house of engines) {
        const { client, application } = house;
        await client.calls.create({
          ...{ to: `sip:ada@${DOMAIN}`, from: ACCOUNT.TWILIO_CALLER_ID },
          url: `${application.url}/tone`,
        });
        await ada.next('CALL_INCOMING');
        ada.accept();
        await ada.next('CALL_ESTABLISHED');
        await hears(ada, 300);
        await hangUp(ada);
      }
    } finally {
      await ada.stop();
    }
  });
});
