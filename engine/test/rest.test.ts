import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, CUSTOMER_HZ, House } from './support/house.ts';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

const ADA = '+447700900001';
const SID = ACCOUNT.TWILIO_ACCOUNT_SID;

function raw(
  path: string,
  init: RequestInit = {},
  credentials = `${SID}:${ACCOUNT.TWILIO_AUTH_TOKEN}`,
) {
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  return fetch(`${house.url}/2010-04-01/Accounts/${SID}${path}`, {
    ...init,
    headers: { authorization, ...init.headers },
  });
}

describe('who may ask', () => {
  it('is the account and its key, and nobody else', async () => {
    const key = `${ACCOUNT.TWILIO_API_KEY}:${ACCOUNT.TWILIO_API_SECRET}`;
    expect((await raw('/Calls.json', {}, key)).status).toBe(200);
    for (const wrong of [`${SID}:no`, `no:${ACCOUNT.TWILIO_AUTH_TOKEN}`, ':']) {
      const reply = await raw('/Calls.json', {}, wrong);
      expect(reply.status).toBe(401);
      expect(await reply.json()).toMatchObject({ code: 20003, status: 401 });
    }
    const bare = await fetch(`${house.url}/2010-04-01/Accounts/${SID}/Nothing.json`);
    expect(bare.status).toBe(401);
  });
});

describe('what cannot be asked', () => {
  it('is refused by name, in the shape of Twilio’s errors', async () => {
    const create = house.client.calls.create({
      to: ADA,
      from: ACCOUNT.TWILIO_CALLER_ID,
      twiml: '<Response/>',
      machineDetection: 'Enable',
    });
    await expect(create).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('MachineDetection') as string,
    });
    const number = house.client.calls.create({ to: '12', from: ADA, twiml: '<Response/>' });
    await expect(number).rejects.toMatchObject({ status: 400, code: 21211 });
    const unknown = await raw('/Trunks.json');
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ code: 20404, status: 404 });
    const call = house.client.calls(`CA${'0'.repeat(32)}`).fetch();
    await expect(call).rejects.toMatchObject({ status: 404, code: 20404 });
    const big = await raw('/Calls.json', {
      method: 'POST',
      body: new URLSearchParams({ To: 'x'.repeat(1_100_000) }),
    });
    expect(big.status).toBe(413);
    const json = await raw('/Calls.json', {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(json.status).toBe(400);
  });
});

describe('calls', () => {
  it('are placed, run TwiML, are redirected, listed in pages, and end', async () => {
    const base = house.application.url;
    const call = await house.client.calls.create({
      to: ADA,
      from: ACCOUNT.TWILIO_CALLER_ID,
      twiml: '<Response><Pause length="60"/></Response>',
      statusCallback: `${base}/call`,
      statusCallbackEvent: ['answered', 'completed'],
    });
    expect(call).toMatchObject({ status: 'queued', direction: 'outbound-api', to: ADA });
    const { callSid } = { callSid: call.sid };
    await house.application.next(({ path }) => path === '/call');
    house.application.on('/next', '<Response><Play>/wait.wav</Play><Hangup/></Response>');
    await house.client.calls(callSid).update({ url: `${base}/next` });
    await house.application.next(
      ({ path, fields }) => path === '/call' && fields.CallStatus === 'completed',
    );
    const over = await house.client.calls(callSid).fetch();
    expect(over.status).toBe('completed');
    expect(Number(over.duration)).toBeGreaterThanOrEqual(1);
    const again = house.client.calls(callSid).update({ status: 'completed' });
    await expect(again).rejects.toMatchObject({ status: 400, code: 21220 });

    const sids = [callSid];
    for (let i = 0; i < 4; i += 1) {
      const { sid } = await house.client.calls.create({
        to: '+447700900002',
        from: ACCOUNT.TWILIO_CALLER_ID,
        twiml: '<Response/>',
      });
      sids.unshift(sid);
    }
    const paged = await house.client.calls.list({ pageSize: 2 });
    expect(paged.map(({ sid }) => sid)).toEqual(sids);
    const busy = await house.client.calls.list({ status: 'busy', to: '+447700900002' });
    expect(busy).toHaveLength(4);
    const old = await house.client.calls.list({ startTimeBefore: new Date(0) });
    expect(old).toHaveLength(0);
  });
});

describe('a call’s instructions', () => {
  it('are the address where a text is given too, and only one of both in mid-call', async () => {
    const { url } = house.application;
    house.application.on('/kept', '<Response><Pause length="60"/></Response>');
    const number = { to: '+447700900009', from: ACCOUNT.TWILIO_CALLER_ID };
    const twiml = '<Response><Hangup/></Response>';
    const { sid } = await house.client.calls.create({ ...number, url: `${url}/kept`, twiml });
    await house.application.next(({ path, fields }) => path === '/kept' && fields.CallSid === sid);
    const call = house.client.calls(sid);
    const both = call.update({ url: `${url}/kept`, twiml });
    await expect(both).rejects.toMatchObject({ status: 400, code: 20001 });
    // What is refused changes nothing, also not what stands beside it.
    const late = call.update({ status: 'canceled', statusCallback: `${url}/never` });
    await expect(late).rejects.toMatchObject({ status: 400, code: 21220 });
    expect((await call.fetch()).status).toBe('in-progress');
    await call.update({ status: 'completed', statusCallback: `${url}/late` });
    await house.application.next(({ path }) => path === '/late');
    expect(house.application.at('/never')).toHaveLength(0);
  });
});

describe('participants', () => {
  it('are fetched by label, muted, held and released; a second label is refused', async () => {
    const { leg, conferenceSid } = await house.agentInRoom('call_rest');
    leg.sendTone(440);
    const { callSid } = await house.customer(conferenceSid, ADA);
    await leg.hears(CUSTOMER_HZ);
    const room = house.client.conferences(conferenceSid);
    expect((await room.participants('leg_1').fetch()).callSid).toBe(callSid);
    expect((await room.participants.list()).map(({ label }) => label)).toEqual(['agent', 'leg_1']);
    await expect(house.customer(conferenceSid, ADA)).rejects.toMatchObject({ code: 16025 });

    await room.participants('leg_1').update({ muted: true });
    await leg.hears(null);
    await room.participants('leg_1').update({ muted: false });
    await leg.hears(CUSTOMER_HZ);
    const holdUrl = `${house.application.url}/hold`;
    const held = await room.participants('agent').update({ hold: true, holdUrl });
    expect(held.hold).toBe(true);
    await leg.hears(500);
    await room.participants('agent').update({ hold: false });
    await leg.hears(CUSTOMER_HZ);
    await house.news('participant-unhold');

    await room.participants('agent').update({ endConferenceOnExit: false });
    leg.hangup();
    await house.leg('in-progress');
    expect((await room.fetch()).status).toBe('in-progress');
    await room.update({ status: 'completed' });
    expect(await room.participants.list()).toEqual([]);
    await expect(room.participants('leg_1').fetch()).rejects.toMatchObject({ code: 20404 });
    const found = await house.client.conferences.list({ friendlyName: 'call_rest' });
    expect(found[0]).toMatchObject({
      sid: conferenceSid,
      status: 'completed',
      reasonConferenceEnded: 'conference-ended-via-api',
    });
  });
});

describe('recordings', () => {
  it('are listed by call and room, served in parts and deleted', async () => {
    const [recording] = await house.client.recordings.list();
    const { sid = '', callSid = '', conferenceSid = '' } = recording ?? {};
    await house.application.next(
      ({ path, fields }) => path === '/recording' && fields.RecordingStatus === 'completed',
    );
    expect(await house.client.calls(callSid).recordings.list()).toHaveLength(1);
    expect(await house.client.conferences(conferenceSid).recordings.list()).toHaveLength(1);
    const wav = await raw(`/Recordings/${sid}.wav?RequestedChannels=2`);
    const bytes = Buffer.from(await wav.arrayBuffer());
    expect(bytes.toString('latin1', 0, 4)).toBe('RIFF');
    expect(bytes.readUInt16LE(22)).toBe(2);
    const part = await raw(`/Recordings/${sid}.wav?RequestedChannels=2`, {
      headers: { range: 'bytes=8-11' },
    });
    expect(part.status).toBe(206);
    expect(await part.text()).toBe('WAVE');
    const etag = part.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9a-z-]+"$/);
    const ask = (headers: Record<string, string>) =>
      raw(`/Recordings/${sid}.wav?RequestedChannels=2`, { headers });
    expect((await ask({ 'if-none-match': `W/"x", ${etag}` })).status).toBe(304);
    expect((await ask({ range: 'bytes=8-11', 'if-range': etag })).status).toBe(206);
    const whole = await ask({ range: 'bytes=8-11', 'if-range': '"another"' });
    expect(whole.status).toBe(200);
    expect(whole.headers.get('etag')).toBe(etag);
    expect((await whole.arrayBuffer()).byteLength).toBe(bytes.length);
    const beyond = await raw(`/Recordings/${sid}.wav`, { headers: { range: 'bytes=99999999-' } });
    expect(beyond.status).toBe(416);
    expect((await raw(`/Recordings/${sid}.mp3?RequestedChannels=3`)).status).toBe(400);
    await house.client.recordings(sid).remove();
    expect((await raw(`/Recordings/${sid}.mp3`)).status).toBe(404);
  });
});
