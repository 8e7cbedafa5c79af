import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeMp3, decibelsAbove, powerAt } from '../../test/support/tones.ts';
import { ACCOUNT, CUSTOMER_HZ, House } from './support/house.ts';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

const WAIT_HZ = 300;
const LONG = '<Play loop="0">/wait.wav</Play>';

async function callTo(twiml: string) {
  house.application.on('/voice', twiml);
  const call = await (await house.robot()).call();
  // Sound flows both ways: what is pressed from now on arrives.
  await call.answered;
  await call.hearsAnything();
  return call;
}

/** The application's next request at `path` for this call. */
const asked = (path: string, sid: string | null) =>
  house.application.next((one) => one.path === path && one.fields.CallSid === sid);

describe('<Gather>', () => {
  it('stops its prompt at the first key and sends all digits before the finishing key', async () => {
    house.application.on('/digits', '<Response><Hangup/></Response>');
    const call = await callTo(`<Response><Gather action="/digits">${LONG}</Gather></Response>`);
    await call.hears(WAIT_HZ);
    await call.sendDigits('1');
    await call.hears(null);
    await call.sendDigits('2*3#');
    const { fields } = await asked('/digits', call.sid);
    expect(fields).toMatchObject({ Digits: '12*3', FinishedOnKey: '#', CallStatus: 'in-progress' });
    await call.ended;
  });

  it('ends with its last digit, or when the caller is too slow', async () => {
    const four = await callTo('<Response><Gather action="/digits" numDigits="4"/></Response>');
    await four.sendDigits('1234');
    const { fields } = await asked('/digits', four.sid);
    expect(fields.Digits).toBe('1234');
    expect(fields.FinishedOnKey).toBeUndefined();
    const slow = await callTo('<Response><Gather action="/digits" timeout="1"/></Response>');
    await slow.sendDigits('56');
    expect((await asked('/digits', slow.sid)).fields.Digits).toBe('56');
  });

  it('takes # as a digit when it finishes nothing, and other keys that finish', async () => {
    const call = await callTo(
      '<Response><Gather action="/digits" finishOnKey="" numDigits="3"/></Response>',
    );
    await call.sendDigits('1#2');
    expect((await asked('/digits', call.sid)).fields.Digits).toBe('1#2');
    const star = await callTo('<Response><Gather action="/digits" finishOnKey="*9"/></Response>');
    await star.sendDigits('19');
    const { fields } = await asked('/digits', star.sid);
    expect(fields).toMatchObject({ Digits: '1', FinishedOnKey: '9' });
  });

  it('goes on with the next verb when nothing was pressed, unless it should tell that', async () => {
    const call = await callTo(`<Response><Gather action="/digits" timeout="1"/>${LONG}</Response>`);
    await call.hears(WAIT_HZ);
    expect(house.application.at('/digits').some(({ fields }) => fields.CallSid === call.sid)).toBe(
      false,
    );
    call.hangup();
    const told = await callTo(
      '<Response><Gather action="/digits" timeout="1" actionOnEmptyResult="true"/></Response>',
    );
    expect((await asked('/digits', told.sid)).fields.Digits).toBe('');
  });

  it('asks by GET, and its own document when it has no action', async () => {
    const call = await callTo(
      '<Response><Gather action="/by-get" method="GET" numDigits="1"/></Response>',
    );
    house.application.on('/by-get', '<Response><Hangup/></Response>');
    await call.sendDigits('7');
    const get = await house.application.next(({ path }) => path === '/by-get');
    expect(get).toMatchObject({ method: 'GET', signed: true });
    expect(get.query.get('Digits')).toBe('7');
    const own = await callTo('<Response><Gather numDigits="1"/></Response>');
    await own.sendDigits('8');
    const again = await house.application.next(
      ({ path, fields }) => path === '/voice' && fields.Digits === '8',
    );
    expect(again.fields.CallSid).toBe(own.sid);
    own.hangup();
  });

  it('goes on with the next verb where neither it nor its document has an address', async () => {
    const phone = await house.robot('demo_phone');
    const verbs = '<Record maxLength="1" playBeep="false"/><Gather numDigits="1"/>';
    const music = `<Play loop="0">${house.application.url}/wait.wav</Play>`;
    const { sid } = await house.client.calls.create({
      ...{ to: 'client:demo_phone', from: ACCOUNT.TWILIO_CALLER_ID },
      twiml: `<Response>${verbs}${music}</Response>`,
    });
    const call = await phone.incoming();
    call.sendTone(440);
    await call.answer();
    const { recordings } = house.client.calls(sid);
    const status = async () => (await recordings.list())[0]?.status;
    await expect.poll(status, { timeout: 5_000 }).toBe('completed');
    await call.sendDigits('1');
    await call.hears(WAIT_HZ);
    call.hangup();
  });

  it('lets its prompt play on when keys may not stop it', async () => {
    const prompt = '<Play loop="2">/wait.wav</Play>';
    const call = await callTo(
      `<Response><Gather action="/digits" bargeIn="false" timeout="1">${prompt}</Gather></Response>`,
    );
    await call.hears(WAIT_HZ);
    await call.sendDigits('5');
    await call.hears(WAIT_HZ);
    expect((await asked('/digits', call.sid)).fields.Digits).toBe('5');
  });
});

describe('<Record>', () => {
  async function audio(sid: string, format: 'mp3' | 'wav' = 'mp3'): Promise<Uint8Array> {
    const { TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: token } = ACCOUNT;
    const url = `${house.url}/2010-04-01/Accounts/${account}/Recordings/${sid}.${format}`;
    const basic = Buffer.from(`${account}:${token}`).toString('base64');
    const reply = await fetch(url, { headers: { authorization: `Basic ${basic}` } });
    expect(reply.status).toBe(200);
    return new Uint8Array(await reply.arrayBuffer());
  }

  it('beeps, keeps what the caller says until a key, and tells where it is', async () => {
    house.application.on('/recorded', '<Response><Hangup/></Response>');
    const callback = 'recordingStatusCallback="/recording-news"';
    const call = await callTo(
      `<Response><Record action="/recorded" finishOnKey="#" ${callback}/></Response>`,
    );
    await call.hears(1000);
    await call.hears(null);
    call.sendTone(440);
    await call.hearsFor(2_000);
    await call.sendDigits('#');
    const { fields } = await asked('/recorded', call.sid);
    expect(fields).toMatchObject({ Digits: '#' });
    expect(Number(fields.RecordingDuration)).toBeGreaterThanOrEqual(2);
    expect(fields.RecordingUrl).toBe(
      `${house.url}/2010-04-01/Accounts/${ACCOUNT.TWILIO_ACCOUNT_SID}/Recordings/${fields.RecordingSid}`,
    );
    const news = await house.application.next(({ path }) => path === '/recording-news');
    expect(news.fields).toMatchObject({
      RecordingSid: fields.RecordingSid,
      RecordingSource: 'RecordVerb',
      RecordingStatus: 'completed',
      CallSid: call.sid,
    });
    const [sound] = await decodeMp3(await audio(fields.RecordingSid ?? ''));
    expect(decibelsAbove(440, 1000, sound!)).toBeGreaterThan(20);
    const kept = await house.client.recordings(fields.RecordingSid ?? '').fetch();
    expect(kept).toMatchObject({ source: 'RecordVerb', channels: 1, callSid: call.sid });
  });

  it('ends in silence and leaves the silence out', async () => {
    const call = await callTo(
      '<Response><Record action="/recorded" timeout="2" playBeep="false"/></Response>',
    );
    call.sendTone(600);
    await call.hearsFor(1_500);
    call.sendTone(null);
    const { fields } = await asked('/recorded', call.sid);
    const [sound] = await decodeMp3(await audio(fields.RecordingSid ?? ''));
    const seconds = sound!.samples.length / sound!.rate;
    expect(seconds).toBeGreaterThan(1.2);
    expect(seconds).toBeLessThan(2);
    expect(powerAt(600, sound!)).toBeGreaterThan(0.01);
  });

  it('ends at its longest, goes on where nothing was said, and tells who hung up', async () => {
    const long = await callTo(
      '<Response><Record action="/recorded" maxLength="1" playBeep="false"/></Response>',
    );
    long.sendTone(500);
    const { fields } = await asked('/recorded', long.sid);
    expect(fields.RecordingDuration).toBe('1');
    const quiet = await callTo(
      `<Response><Record action="/recorded" timeout="1" playBeep="false"/>${LONG}</Response>`,
    );
    await quiet.hears(WAIT_HZ);
    expect(house.application.at('/recorded').some((one) => one.fields.CallSid === quiet.sid)).toBe(
      false,
    );
    quiet.hangup();
    const gone = await callTo(
      '<Response><Record action="/recorded" playBeep="false" trim="do-not-trim"/></Response>',
    );
    gone.sendTone(500);
    await gone.hearsFor(1_000);
    gone.hangup();
    const last = await asked('/recorded', gone.sid);
    expect(last.fields).toMatchObject({ Digits: 'hangup', CallStatus: 'completed' });
    expect((await audio(last.fields.RecordingSid ?? '')).length).toBeGreaterThan(1_000);
  });

  it('is refused what it cannot do', async () => {
    house.application.on('/voice', '<Response><Record transcribe="true"/></Response>');
    const { error } = await (await (await house.robot()).call()).ended;
    expect(error).toMatchObject({ code: 13614 });
    expect(error?.message).toContain('transcribe');
  });
});

describe('<Dial record>', () => {
  it.each([
    ['record-from-answer-dual', 2],
    ['record-from-answer', 1],
  ] as const)('%s keeps both sides', async (record, channels) => {
    const callback = 'recordingStatusCallback="/dial-recording"';
    const twiml = `<Dial record="${record}" action="/dialled?${record}" ${callback}>+447700900001</Dial>`;
    house.application.on('/dialled', '<Response><Hangup/></Response>');
    const call = await callTo(`<Response>${twiml}</Response>`);
    call.sendTone(440);
    await call.hears(CUSTOMER_HZ);
    await call.hearsFor(1_500);
    call.hangup();
    const { fields } = await asked('/dialled', call.sid);
    expect(fields).toMatchObject({ DialCallStatus: 'completed', DialBridged: 'true' });
    const recording = await house.client.recordings(fields.RecordingSid ?? '').fetch();
    expect(recording).toMatchObject({ source: 'DialVerb', channels, callSid: call.sid });
    const path = join(house.folder, 'engine', 'recordings', `${recording.sid}.2.mp3`);
    const [left, right] = await decodeMp3(new Uint8Array(readFileSync(path)));
    expect(decibelsAbove(440, CUSTOMER_HZ, left!)).toBeGreaterThan(20);
    expect(decibelsAbove(CUSTOMER_HZ, 440, right!)).toBeGreaterThan(20);
    const news = await house.application.next(
      (one) => one.path === '/dial-recording' && one.fields.RecordingSid === recording.sid,
    );
    expect(news.fields).toMatchObject({ RecordingChannels: String(channels) });
  });
});
