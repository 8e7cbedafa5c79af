import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { RtpPeer } from './rtp-peer.ts';
import { House } from './support/house.ts';
import { startSipp, type Sipp } from './support/sipp.ts';
import { askEngine } from './support/trunk-api.ts';

const NUMBER = '+442079460001';
/** One pair of ports: so it is known where the leg will be. */
const LEG_PORT = 28_460;
const WAIT_HZ = 300;
const NETWORK_HZ = 700;

let house: House;
let network: RtpPeer;
/** Refuses two calls, after a while. */
let carrier: Sipp;
beforeAll(async () => {
  network = await RtpPeer.open(LEG_PORT);
  house = await House.open({
    ...{ SIP_HOST: '127.0.0.1', SIP_PORT: '0' },
    SIP_RTP_PORTS: `${LEG_PORT}-${LEG_PORT + 1}`,
  });
  const keys = { status: '404 Not Found', sound_port: String(network.flow().remote.port) };
  carrier = await startSipp({ scenario: 'uas-announces', calls: 2, keys });
  const trunk = { name: 'Carrier', host: '127.0.0.1', port: carrier.port, keepAliveSeconds: null };
  expect((await askEngine(house, 'POST', '/trunks', trunk)).status).toBe(201);
});
afterAll(async () => {
  await house.close();
  await carrier.stop();
  network.close();
});
afterEach(() => network.fallSilent());

it('lets the agent hear what the network says before a call fails, and wait again after it', async () => {
  const { leg, conferenceSid } = await house.agentInRoom();
  await leg.hears(WAIT_HZ);
  await house.customer(conferenceSid, NUMBER);
  await house.leg('ringing');
  network.say(NETWORK_HZ);
  await leg.hears(NETWORK_HZ);
  // The conversation has not begun: nothing is told of it, and nothing recorded.
  const news = house.application.asked.map(({ fields }) => fields.StatusCallbackEvent);
  expect(news).not.toContain('conference-start');
  expect((await house.leg('failed')).fields.SipResponseCode).toBe('404');
  await leg.hears(WAIT_HZ);
  leg.hangup();
});

it('lets who is connected by <Dial> hear it in place of our ringing', async () => {
  const dial = `<Dial action="/dialled"><Number>${NUMBER}</Number></Dial>`;
  house.application.on('/voice', `<Response>${dial}</Response>`);
  house.application.on('/dialled', `<Response><Play loop="0">/wait.wav</Play></Response>`);
  const call = await (await house.robot()).call();
  await call.answered;
  network.say(NETWORK_HZ);
  await call.hears(NETWORK_HZ);
  const { fields } = await house.application.next(({ path }) => path === '/dialled');
  expect(fields.DialCallStatus).toBe('failed');
  await call.hears(WAIT_HZ);
  call.hangup();
  expect(await carrier.done).toMatchObject({ code: 0, errors: '' });
});
