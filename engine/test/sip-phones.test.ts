import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Baresip } from '../../test/support/baresip.ts';
import { freePort } from '../../test/support/free-port.ts';
import { part, shareOf, type Sound } from '../../test/support/tones.ts';
import { ACCOUNT, CUSTOMER_HZ, House } from './support/house.ts';

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

/** Its last second. */
const lately = (sound: Sound): Sound => {
  const seconds = sound.samples.length / sound.rate;
  return part(sound, Math.max(0, seconds - 1), seconds);
};

async function hears(phone: Baresip, hz: number): Promise<void> {
  await expect.poll(() => shareOf(hz, lately(phone.heard())), { timeout: 8_000 }).toBeGreaterThan(0.3);
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
    await leg.ended;
  });
});
