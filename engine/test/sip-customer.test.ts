import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Baresip } from '../../test/support/baresip.ts';
import { part, powerAt, type Sound } from '../../test/support/tones.ts';
import { hearsOnly } from './support/gathering.ts';
import { ACCOUNT, House } from './support/house.ts';
import { startSipp } from './support/sipp.ts';
import { askEngine } from './support/trunk-api.ts';

const NUMBER = '+442079460001';
const AGENT_HZ = 440;
const PHONE_HZ = 850;
/** The test application's /hold.wav and /wait.wav. */
const HOLD_HZ = 500;
const WAIT_HZ = 300;

let house: House;
/** Says its keys with INFO. */
let plain: Baresip;
/** Takes nothing but SRTP. */
let secret: Baresip;

beforeAll(async () => {
  const phone = { user: NUMBER, hz: PHONE_HZ, when: 'answer' } as const;
  [plain, secret, house] = await Promise.all([
    Baresip.start({ ...phone, keys: 'info' }),
    Baresip.start({ ...phone, account: ['mediaenc=srtp-mand'] }),
    House.open({ SIP_HOST: '127.0.0.1', SIP_PORT: '0' }),
  ]);
});
afterAll(async () => {
  await house?.close();
  await plain?.stop();
  await secret?.stop();
});

/** What happens while there is a trunk to that port. */
async function overTrunk(
  settings: { port: number; srtp?: 'required' },
  then: () => Promise<void>,
): Promise<void> {
  const { body } = await askEngine(house, 'POST', '/trunks', {
    ...{ name: 'Carrier', host: '127.0.0.1', keepAliveSeconds: null },
    ...settings,
  });
  await then();
  await askEngine(house, 'DELETE', `/trunks/${body.sid}`);
}

/** The agent in a room, and a customer's telephone beside it. */
async function conversation(room: string, phone: Baresip) {
  phone.forget();
  const { leg, conferenceSid } = await house.agentInRoom(room);
  leg.sendTone(AGENT_HZ);
  await house.customer(conferenceSid, NUMBER);
  await phone.next('CALL_ESTABLISHED');
  await Promise.all([hearsOnly(leg, [PHONE_HZ], [AGENT_HZ]), phoneHears(phone, AGENT_HZ, HOLD_HZ)]);
  return { leg, participants: house.client.conferences(conferenceSid).participants };
}

/** The phone's last half a second has this tone, at least 20 dB above that one. */
async function phoneHears(phone: Baresip, wanted: number, other: number): Promise<void> {
  const decibels = () => {
    const sound = lately(phone.heard());
    const of = (hz: number) => 10 * Math.log10(4 * powerAt(hz, sound) + 1e-9);
    return Math.min(of(wanted) + 35, of(wanted) - of(other) - 20);
  };
  await expect.poll(decibels, { timeout: 8_000 }).toBeGreaterThan(0);
}

function lately({ rate, samples }: Sound): Sound {
  const seconds = samples.length / rate;
  return part({ rate, samples }, Math.max(0, seconds - 0.5), seconds);
}

describe('a customer at a telephone', () => {
  it('hears hold music while held by REST, unheard by the room, and the room again', () =>
    overTrunk({ port: plain.port }, async () => {
      const { leg, participants } = await conversation('holding', plain);
      await participants('leg_1').update({ hold: true, holdUrl: `${house.application.url}/hold` });
      await Promise.all([
        phoneHears(plain, HOLD_HZ, AGENT_HZ),
        hearsOnly(leg, [], [PHONE_HZ, HOLD_HZ]),
      ]);
      await participants('leg_1').update({ hold: false });
      await Promise.all([
        phoneHears(plain, AGENT_HZ, HOLD_HZ),
        hearsOnly(leg, [PHONE_HZ], [AGENT_HZ, HOLD_HZ]),
      ]);
      leg.hangup();
      await plain.next('CALL_CLOSED');
    }));

  it('presses keys that come by INFO', () =>
    overTrunk({ port: plain.port }, async () => {
      plain.forget();
      const prompt = `<Play loop="0">${house.application.url}/wait.wav</Play>`;
      const gather = `<Gather finishOnKey="#" action="/keys">${prompt}</Gather>`;
      house.application.on('/gather', `<Response>${gather}</Response>`);
      house.application.on('/keys', '<Response><Hangup/></Response>');
      await house.client.calls.create({
        ...{ to: NUMBER, from: ACCOUNT.TWILIO_CALLER_ID },
        url: `${house.application.url}/gather`,
      });
      await phoneHears(plain, WAIT_HZ, AGENT_HZ);
      for (const key of ['4', '*', '2', '#']) plain.press(key);
      const { fields } = await house.application.next(({ path }) => path === '/keys');
      expect(fields).toMatchObject({ Digits: '4*2', FinishedOnKey: '#' });
      await plain.next('CALL_CLOSED');
    }));

  it('is heard and hears over SRTP, where the trunk requires it', () =>
    overTrunk({ port: secret.port, srtp: 'required' }, async () => {
      const { leg } = await conversation('secret', secret);
      leg.hangup();
      await secret.next('CALL_CLOSED');
    }));

  it.each([
    // Answers with plain RTP, whatever was offered.
    ['uas', '200'],
    ['uas-refuse', '488 Not Acceptable Here'],
  ])(
    'is not spoken to in the clear where the trunk requires SRTP: %s',
    async (scenario, status) => {
      const carrier = await startSipp({ scenario, keys: { status } });
      await overTrunk({ port: carrier.port, srtp: 'required' }, async () => {
        const { sid } = await house.client.calls.create({
          ...{ to: NUMBER, from: ACCOUNT.TWILIO_CALLER_ID, url: `${house.application.url}/wait` },
        });
        const call = house.client.calls(sid);
        await expect.poll(async () => (await call.fetch()).status).toBe('failed');
        const [note] = await call.notifications.list();
        expect(note?.messageText).toContain('SRTP');
      });
      expect(await carrier.done).toMatchObject({ code: 0 });
    },
  );
});
