import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../test/support/free-port.ts';
import { ACCOUNT, House } from './support/house.ts';
import { startSipp, type Sipp, type SippOptions } from './support/sipp.ts';
import { askEngine } from './support/trunk-api.ts';

const PUBLIC = '203.0.113.9';
/** Longer than the engine waits before it says that a telephone is silent. */
const TIMEOUT_SECONDS = 6;
/** Twilio's levels of a notification. */
const [ERROR, WARNING] = ['0', '1'];
const OURS = ACCOUNT.TWILIO_CALLER_ID;

const LOST_AFTER_WARNING = [
  [ERROR, expect.stringContaining('RTP timeout')],
  [WARNING, expect.stringContaining('Nothing was heard from the far end for 5 s')],
];
/** What the far end is told when we hang up on it. */
const REASON = /^BYE [^]*^Reason: Q\.850;cause=41;text="[^"]*RTP timeout/m;

let house: House;
let sipPort: number;
beforeAll(async () => {
  sipPort = await freePort();
  house = await House.open({
    ...{ SIP_HOST: '127.0.0.1', SIP_PORT: String(sipPort), SIP_PUBLIC_ADDRESS: PUBLIC },
    SIP_RTP_TIMEOUT_SECONDS: String(TIMEOUT_SECONDS),
  });
  const trunk = { name: 'Carrier', host: '127.0.0.1', port: 5999, keepAliveSeconds: null };
  expect((await askEngine(house, 'POST', '/trunks', trunk)).status).toBe(201);
  const [number] = await house.client.incomingPhoneNumbers.list({ phoneNumber: OURS });
  await house.client.incomingPhoneNumbers(number?.sid ?? '').update({ voiceUrl: url('/in') });
});

const open: Sipp[] = [];
afterAll(async () => {
  await house.close();
  for (const sipp of open) await sipp.stop();
});

/** A telephone of sipp's at an address of its own. */
async function telephone(scenario: string, more: Partial<SippOptions> = {}): Promise<Sipp> {
  const sipp = await startSipp({ scenario, seconds: 25, ...more });
  open.push(sipp);
  return sipp;
}

const url = (path: string) => `${house.application.url}${path}`;

/** Calls it; `name` tells the calls apart that run at the same time. */
async function call({ port }: Sipp, name: string) {
  const { sid } = await house.client.calls.create({
    ...{ to: `sip:${name}@127.0.0.1:${port}`, from: OURS, url: url('/wait') },
    ...{ statusCallback: url(`/status/${name}`), timeout: 30 },
    statusCallbackEvent: ['answered', 'completed'],
  });
  const status = (wanted: string) =>
    house.application.next(
      ({ path, fields }) => path === `/status/${name}` && fields.CallStatus === wanted,
      20_000,
    );
  return { sid, status, notices: () => noticesOf(sid) };
}

async function noticesOf(sid: string) {
  const notes = await house.client.calls(sid).notifications.list();
  return notes.map(({ log, messageText }) => [log, messageText]);
}

describe.concurrent('a telephone', () => {
  it('that is never heard is told of after 5 s, and lost in the end', async () => {
    const phone = await telephone('uas');
    const { status, notices } = await call(phone, 'mute');
    await status('in-progress');
    const { fields } = await status('completed');
    expect(Number(fields.CallDuration)).toBeGreaterThanOrEqual(TIMEOUT_SECONDS - 1);
    expect(await notices()).toEqual(LOST_AFTER_WARNING);
    const { code, messages } = await phone.done;
    expect(code).toBe(0);
    expect(messages).toMatch(REASON);
  });

  it('that calls, and is never heard, is told the same', async () => {
    house.application.on('/in', `<Response><Play loop="0">${url('/wait.wav')}</Play></Response>`);
    const remote = { address: '127.0.0.1', port: sipPort };
    const phone = await telephone('uac-waits', { remote, service: OURS });
    const { fields } = await house.application.next(({ path }) => path === '/in');
    expect((await phone.done).messages).toMatch(REASON);
    expect(await noticesOf(fields.CallSid ?? '')).toEqual(LOST_AFTER_WARNING);
  });

  it('may send a description early and no sound, and ring for as long as it wants', async () => {
    const ringMs = (TIMEOUT_SECONDS + 1) * 1000;
    const phone = await telephone('uas-early-silence', { args: ['-d', String(ringMs)] });
    const { sid, status, notices } = await call(phone, 'slow');
    await status('in-progress');
    await house.client.calls(sid).update({ status: 'completed' });
    expect(await notices()).toEqual([]);
    expect((await phone.done).code).toBe(0);
  });

  it('is told our public address, and heard where it sends from; it falls dead: that is told, and the call ends', async () => {
    const phone = await telephone('uas', { args: ['-rtp_echo'] });
    const address = `sip:echo@127.0.0.1:${phone.port}`;
    house.application.on(
      '/voice',
      `<Response><Dial action="/over"><Sip>${address}</Sip></Dial></Response>`,
    );
    const agent = await (await house.robot()).call();
    agent.sendTone(440);
    await agent.hears(440);
    const { messages } = await phone.stop();
    const [invite = ''] = /^INVITE [^]*?^a=/m.exec(messages) ?? [];
    for (const line of [
      /^Via: SIP\/2\.0\/UDP (.+?):/m,
      /^Contact: <sip:(?:.+@)?(.+?):/m,
      /^c=IN IP4 (.+)$/m,
    ]) {
      expect(line.exec(invite)?.[1]?.trim(), invite).toBe(PUBLIC);
    }
    const { fields } = await house.application.next(({ path }) => path === '/over', 15_000);
    expect(fields.DialCallStatus).toBe('completed');
    expect(await noticesOf(fields.DialCallSid ?? '')).toEqual([
      [ERROR, expect.stringContaining('RTP timeout')],
      [WARNING, expect.stringContaining('No sound has come from the far end for 5 s in mid-call')],
    ]);
    agent.hangup();
  });
});
