import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { powerAt } from '../../test/support/tones.ts';
import { Gathering, hearsOnly } from './support/gathering.ts';
import { ACCOUNT, CUSTOMER_HZ, House } from './support/house.ts';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

const from = ACCOUNT.TWILIO_CALLER_ID;
const EVENTS = ['initiated', 'ringing', 'answered', 'completed'];

describe('callbacks of one call', () => {
  it('come one at a time and in order, signed and numbered, whatever the application takes', async () => {
    let running = 0;
    let most = 0;
    house.application.on('/slow', async () => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setTimeout(resolve, 300));
      running -= 1;
      return null;
    });
    const statusCallback = `${house.application.url}/slow`;
    await house.client.calls.create({
      ...{ to: '+447700900004', from, twiml: '<Response><Pause length="5"/></Response>' },
      ...{ statusCallback, statusCallbackEvent: EVENTS },
    });
    await house.application.next(
      ({ path, fields }) => path === '/slow' && fields.CallStatus === 'completed',
    );
    const asked = house.application.at('/slow');
    expect(asked.map(({ fields }) => fields.SequenceNumber)).toEqual(['0', '1', '2', '3']);
    expect(asked.every(({ signed }) => signed)).toBe(true);
    expect(most).toBe(1);
  });

  it('are repeated as their address says, with the same token', async () => {
    const twiml = '<Response><Hangup/></Response>';
    const count = async (path: string, overrides: string, status: number) => {
      house.application.on(path, { status });
      await house.client.calls.create({
        ...{ to: '+447700900001', from, twiml },
        statusCallback: `${house.application.url}${path}${overrides}`,
      });
      await house.client.calls.create({
        ...{ to: '+447700900001', from, twiml },
        statusCallback: `${house.application.url}${path}_end`,
      });
      await house.application.next((asked) => asked.path === `${path}_end`);
      return () => house.application.at(path);
    };
    const all = await count('/all', '#rc=3&rp=all', 500);
    await expect.poll(() => all().length, { timeout: 5_000 }).toBe(4);
    const tokens = new Set(all().map(({ headers }) => headers['i-twilio-idempotency-token']));
    expect(tokens.size).toBe(1);
    const client = await count('/client', '#rc=2&rp=4xx', 404);
    await expect.poll(() => client().length, { timeout: 5_000 }).toBe(3);
    // By default only a connection that fails is tried again; a 5xx is not a 4xx.
    const once = await count('/once', '', 500);
    const other = await count('/other', '#rc=2&rp=4xx', 500);
    expect(once()).toHaveLength(1);
    expect(other()).toHaveLength(1);
  });
});

describe('callbacks that are not taken', () => {
  const notes = async (sid: string) => {
    const list = () => house.client.calls(sid).notifications.list();
    await expect.poll(async () => (await list()).length, { timeout: 5_000 }).toBe(1);
    const [note] = await list();
    return house.client.notifications(note?.sid ?? '').fetch();
  };
  const place = (statusCallback: string) =>
    house.client.calls.create({
      ...{ to: '+447700900002', from, twiml: '<Response/>', statusCallback },
    });

  it('are kept: a warning with what was answered, an error where nothing was', async () => {
    house.application.on('/broken', { status: 500, type: 'text/plain', body: 'Out of order' });
    const answered = await place(`${house.application.url}/broken`);
    expect(await notes(answered.sid)).toMatchObject({
      ...{ callSid: answered.sid, errorCode: '15003', log: '1' },
      requestUrl: `${house.application.url}/broken`,
      requestVariables: expect.stringContaining('CallStatus=busy') as string,
      responseBody: 'Out of order',
    });
    house.application.on('/mute', () => new Promise(() => undefined));
    const mute = await place(`${house.application.url}/mute#rt=200`);
    expect(await notes(mute.sid)).toMatchObject({ errorCode: '11200', log: '0' });
    const gone = await place('http://127.0.0.1:1/nobody#rc=0');
    expect(await notes(gone.sid)).toMatchObject({ errorCode: '11205', log: '0' });
    const warnings = await house.client.notifications.list({ log: 1 });
    expect(warnings.map(({ callSid }) => callSid)).toContain(answered.sid);
  });
});

describe('an application that does not answer', () => {
  it('is asked at its fallback at once, which learns why', async () => {
    const base = house.application.url;
    house.application.on('/hangs', () => new Promise(() => undefined));
    house.application.on('/instead', '<Response><Hangup/></Response>');
    const asked = Date.now();
    await house.client.calls.create({
      ...{ to: '+447700900001', from, url: `${base}/hangs#rt=300&rc=0` },
      ...{ fallbackUrl: `${base}/instead`, fallbackMethod: 'GET' },
    });
    const { query, method } = await house.application.next(({ path }) => path === '/instead');
    expect(Date.now() - asked).toBeLessThan(2_000);
    expect(method).toBe('GET');
    expect(query.get('ErrorCode')).toBe('11200');
    expect(query.get('ErrorUrl')).toBe(`${base}/hangs#rt=300&rc=0`);
  });

  it.each([
    ['a verb', '<Response><Dance/></Response>', 12200, '/script'],
    ['what comes next', '<Response><Redirect>/fails</Redirect></Response>', 11200, '/fails'],
    ['a sound', '<Response><Play>/fails</Play></Response>', 11200, '/script'],
  ])('is asked at its fallback for %s that fails', async (_, twiml, code, at) => {
    const base = house.application.url;
    house.application.on('/fails', { status: 500 });
    house.application.on('/script', twiml);
    house.application.on('/rescue', '<Response><Hangup/></Response>');
    const { sid } = await house.client.calls.create({
      ...{ to: '+447700900001', from, url: `${base}/script`, fallbackUrl: `${base}/rescue` },
    });
    const { fields } = await house.application.next(
      ({ path, fields }) => path === '/rescue' && fields.CallSid === sid,
    );
    expect(fields).toMatchObject({ ErrorCode: String(code), ErrorUrl: `${base}${at}` });
    const [kept] = await house.client.calls(sid).notifications.list();
    expect(kept).toMatchObject({ errorCode: String(code), log: '0' });
  });

  it('is given up when its fallback fails too, also for TwiML that came with the call', async () => {
    house.application.on('/rescue', '<Response><Dance/></Response>');
    const { sid } = await house.client.calls.create({
      ...{ to: '+447700900009', from, twiml: '<Response><Play>/a.wav</Play></Response>' },
      fallbackUrl: `${house.application.url}/rescue`,
    });
    const call = house.client.calls(sid);
    await expect
      .poll(async () => (await call.fetch()).status, { timeout: 15_000 })
      .toBe('completed');
    const codes = (await call.notifications.list()).map(({ errorCode }) => errorCode);
    expect(codes).toEqual(['12200', '11100']);
  });

  it('never disturbs a conversation', async () => {
    const room = new Gathering(house, 'undisturbed');
    const one = await room.join('one', null);
    const sid = await room.sid();
    const other = { from, to: '+447700900001', beep: 'false' };
    await house.client.conferences(sid).participants.create(other);
    await hearsOnly(one, [CUSTOMER_HZ], [440]);
    house.application.on('/dead', () => new Promise(() => undefined));
    const dead = `${house.application.url}/dead`;
    const from_ = one.media.heardSamples;
    await Promise.all(
      Array.from({ length: 20 }, () =>
        house.client.calls.create({
          ...{ to: '+447700900001', from, url: dead, fallbackUrl: dead },
          ...{ statusCallback: dead, statusCallbackEvent: EVENTS },
        }),
      ),
    );
    await expect
      .poll(() => house.application.at('/dead').length >= 40, { timeout: 10_000 })
      .toBe(true);
    await expect.poll(() => one.media.heardSamples - from_ > 16_000, { timeout: 5_000 }).toBe(true);
    // Purity: in every 50 ms nearly all energy is the other's tone.
    const { samples, rate } = one.heard(2_000);
    for (let at = 0; at + 400 <= samples.length; at += 400) {
      const part = { rate, samples: samples.slice(at, at + 400) };
      const energy = part.samples.reduce((sum, sample) => sum + sample * sample, 0) / 400;
      expect((2 * powerAt(CUSTOMER_HZ, part)) / energy).toBeGreaterThan(0.98);
    }
    for (const call of await house.client.calls.list({
      status: 'in-progress',
      to: '+447700900001',
    })) {
      await house.client.calls(call.sid).update({ status: 'completed' });
    }
  });
});
