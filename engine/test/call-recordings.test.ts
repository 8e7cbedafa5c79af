import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeMp3, powerAt, type Sound } from '../../test/support/tones.ts';
import { ACCOUNT, CUSTOMER_HZ, House } from './support/house.ts';
import { Gathering, hearsOnly } from './support/gathering.ts';

const ADA = '+447700900001';
const MUSIC_HZ = 300;

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

const from = ACCOUNT.TWILIO_CALLER_ID;
const twiml = () => `<Response><Play loop="0">${house.application.url}/wait.wav</Play></Response>`;

function media(sid: string, rest: string): Promise<Response> {
  const { TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: token } = ACCOUNT;
  const basic = Buffer.from(`${account}:${token}`).toString('base64');
  const url = `${house.url}/2010-04-01/Accounts/${account}/Recordings/${sid}${rest}`;
  return fetch(url, { headers: { authorization: `Basic ${basic}` } });
}

async function sound(sid: string, channels: 1 | 2): Promise<Sound[]> {
  const reply = await media(sid, `.mp3?RequestedChannels=${channels}`);
  expect(reply.status).toBe(200);
  return decodeMp3(new Uint8Array(await reply.arrayBuffer()));
}

const db = (hz: number, one?: Sound) => 10 * Math.log10(4 * powerAt(hz, one!) + 1e-9);

/** Resolves with its callback once the recording is there. */
function told(path: string, status: string) {
  return house.application.next(
    (asked) => asked.path === path && asked.fields.RecordingStatus === status,
  );
}

describe('a call that is recorded from its answer', () => {
  it('has what it says on the first channel and what it hears on the second', async () => {
    const call = await house.client.calls.create({
      ...{ to: ADA, from, twiml: twiml(), record: true, recordingChannels: 'dual' },
      trim: 'do-not-trim',
      statusCallback: `${house.application.url}/over`,
      recordingStatusCallback: `${house.application.url}/dual`,
      recordingStatusCallbackEvent: ['in-progress', 'completed'],
    });
    const began = await told('/dual', 'in-progress');
    expect(began.fields).toMatchObject({ CallSid: call.sid, RecordingSource: 'OutboundAPI' });
    await house.application.next(({ path }) => path === '/wait.wav');
    await house.records(began.fields.RecordingSid ?? '', 1_000);
    await house.client.calls(call.sid).update({ status: 'completed' });
    const { fields } = await told('/dual', 'completed');
    expect(fields).toMatchObject({ RecordingChannels: '2', RecordingTrack: 'both' });
    const over = await house.application.next(({ path }) => path === '/over');
    const { RecordingSid, RecordingUrl } = fields;
    expect(over.fields).toMatchObject({ CallStatus: 'completed', RecordingSid, RecordingUrl });
    const sid = fields.RecordingSid ?? '';
    const [says, hears] = await sound(sid, 2);
    expect(db(CUSTOMER_HZ, says) - db(MUSIC_HZ, says)).toBeGreaterThan(30);
    expect(db(MUSIC_HZ, hears) - db(CUSTOMER_HZ, hears)).toBeGreaterThan(30);
    const [both] = await sound(sid, 1);
    expect(Math.min(db(CUSTOMER_HZ, both), db(MUSIC_HZ, both))).toBeGreaterThan(-35);
    const [shown] = await house.client.calls(call.sid).recordings.list();
    expect(shown).toMatchObject({ sid, channels: 2, source: 'OutboundAPI', status: 'completed' });
    // A call that has ended can be forgotten; its recording stays.
    await house.client.calls(call.sid).remove();
    await expect(house.client.calls(call.sid).fetch()).rejects.toMatchObject({ code: 20404 });
    expect((await house.client.recordings(sid).fetch()).callSid).toBe(call.sid);
  });

  it('leaves silence out at both ends when asked to, and one track too', async () => {
    const call = await house.client.calls.create({
      ...{ to: '+447700900004', from, twiml: '<Response><Pause length="9"/></Response>' },
      ...{ record: true, recordingTrack: 'inbound' },
      recordingStatusCallback: `${house.application.url}/trimmed`,
      recordingStatusCallbackEvent: ['completed', 'absent'],
    });
    const { fields } = await house.application.next(({ path }) => path === '/trimmed');
    expect(fields).toMatchObject({ CallSid: call.sid, RecordingStatus: 'absent' });
  });
});

describe('a call’s recording', () => {
  it('is started, paused, resumed, stopped and deleted', async () => {
    const phone = await house.robot('demo_phone');
    const call = await house.client.calls.create({
      to: 'client:demo_phone',
      from,
      twiml: twiml(),
      statusCallback: `${house.application.url}/call`,
      statusCallbackEvent: ['answered'],
    });
    const robot = await phone.incoming();
    const { recordings } = house.client.calls(call.sid);
    await expect(recordings.create()).rejects.toMatchObject({ status: 400, code: 21220 });
    await robot.answer();
    robot.sendTone(CUSTOMER_HZ);
    await house.application.next(({ path }) => path === '/call');
    await robot.hears(MUSIC_HZ);
    const url = `${house.application.url}/paused`;
    const made = await recordings.create({
      recordingStatusCallback: url,
      recordingTrack: 'inbound',
    });
    expect(made).toMatchObject({
      ...{ status: 'in-progress', source: 'StartCallRecordingAPI', channels: 1, track: 'inbound' },
      callSid: call.sid,
    });
    await house.records(made.sid, 600);
    const current = recordings('Twilio.CURRENT');
    const paused = await current.update({ status: 'paused', pauseBehavior: 'skip' });
    expect(paused).toMatchObject({ status: 'paused', sid: made.sid });
    await robot.hearsFor(2_000);
    expect((await current.update({ status: 'in-progress' })).status).toBe('in-progress');
    await expect(recordings(made.sid).remove()).rejects.toMatchObject({ status: 409 });
    await expect(house.client.calls(call.sid).remove()).rejects.toMatchObject({ status: 409 });
    await house.records(made.sid, 600);
    expect((await current.update({ status: 'stopped' })).status).toBe('stopped');
    const { fields } = await told('/paused', 'completed');
    expect(fields).toMatchObject({ RecordingSid: made.sid, RecordingChannels: '1' });
    const [says] = await sound(made.sid, 1);
    // The pause left no gap of silence: it left no time at all.
    expect(says!.samples.length / says!.rate).toBeGreaterThan(0.8);
    expect(says!.samples.length / says!.rate).toBeLessThan(3);
    expect(db(CUSTOMER_HZ, says) - db(MUSIC_HZ, says)).toBeGreaterThan(30);
    expect((await media(made.sid, '.mp3?RequestedChannels=2')).status).toBe(400);
    const over = recordings(made.sid).update({ status: 'paused' });
    await expect(over).rejects.toMatchObject({ code: 21220 });
    await expect(current.fetch()).rejects.toMatchObject({ code: 20404 });
    await recordings(made.sid).remove();
    await expect(recordings(made.sid).fetch()).rejects.toMatchObject({ code: 20404 });
    await house.client.calls(call.sid).update({ status: 'completed' });
  });
});

describe('a conference’s recording', () => {
  it('is silent while it is paused, and goes on', async () => {
    const room = new Gathering(house, 'paused', 'beep="false" record="true" trim="do-not-trim"');
    const one = await room.join('one', 440);
    await room.join('two', 1300);
    await hearsOnly(one, [1300], []);
    const { recordings } = house.client.conferences(await room.sid());
    const current = recordings('Twilio.CURRENT');
    expect((await current.update({ status: 'paused' })).status).toBe('paused');
    await one.hearsFor(1_500);
    await current.update({ status: 'in-progress' });
    await one.hearsFor(500);
    const { sid } = await current.fetch();
    await house.client.conferences(await room.sid()).update({ status: 'completed' });
    await expect
      .poll(async () => (await house.client.recordings(sid).fetch()).status, { timeout: 10_000 })
      .toBe('completed');
    const [left] = await sound(sid, 2);
    const quiet = left!.samples.filter((sample) => Math.abs(sample) < 0.01).length / left!.rate;
    expect(quiet).toBeGreaterThan(1.3);
    expect(left!.samples.length / left!.rate).toBeGreaterThan(2);
  });

  it('and that of a participant tell of themselves', async () => {
    const room = new Gathering(house, 'participant_recorded');
    const one = await room.join('one', 440);
    const sid = await room.sid();
    const events = ['started', 'in-progress', 'paused', 'resumed', 'stopped', 'completed'];
    const { callSid } = await house.client.conferences(sid).participants.create({
      ...{ to: ADA, from, record: true, recordingChannels: 'dual', beep: 'false' },
      recordingStatusCallback: `${house.application.url}/own`,
      recordingStatusCallbackEvent: events,
    });
    await told('/own', 'in-progress');
    // Silence is trimmed: without a sound there would be nothing to complete.
    await one.hears(CUSTOMER_HZ);
    const current = house.client.calls(callSid).recordings('Twilio.CURRENT');
    await current.update({ status: 'paused' });
    await current.update({ status: 'in-progress' });
    await house.client.conferences(sid).update({ status: 'completed' });
    await told('/own', 'completed');
    const told_ = house.application.at('/own').map(({ fields }) => fields.RecordingStatus);
    expect(told_).toEqual(events);
  });
});
