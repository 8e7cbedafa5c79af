import type { Call, PeopleAnswer, Session, SipPhone, SipPhoneCreated } from '@offhook/contract';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { callBack, type DialTrouble, type WireLeg } from './call-carrier.ts';
import {
  CUSTOMER,
  deadlineComes,
  detail,
  hurryJobs,
  openHouse,
  reaches,
  WireCall,
  type House,
} from './call-house.ts';
import { auditActions, codeOf, takeIn } from './platform.ts';

const DOMAIN = 'phones.example.com';
const LIST = `CL${'f6'.repeat(16)}`;
const PHONE = `sip:grace.hopper@${DOMAIN}`;
const SETTINGS = { TWILIO_SIP_DOMAIN: DOMAIN, TWILIO_SIP_CREDENTIAL_LIST: LIST };

let house: House;
let phonePath: string;
beforeEach(async () => {
  house = await openHouse(SETTINGS);
  phonePath = await pathOfOwnPhone();
});
afterEach(async () => house.close());

async function pathOfOwnPhone(): Promise<string> {
  const { person } = await house.admin.okGet<Session>('/api/session');
  return `/api/people/${person?.id ?? ''}/sip-phone`;
}

async function gotPhone(): Promise<SipPhoneCreated> {
  const answer = await house.admin.post<SipPhoneCreated>(phonePath);
  expect(answer.status).toBe(201);
  return answer.body;
}

/** A call whose agent's phone was rung, as the carrier has it. */
async function rung(trouble: DialTrouble | null = null): Promise<{ wire: WireCall; leg: WireLeg }> {
  await gotPhone();
  house.carrier.dialTrouble = trouble;
  const call = await house.admin.okCall(CUSTOMER);
  const wire = new WireCall(house.carrier, call, house.identity, house.platform.url);
  const leg = await vi.waitFor(
    () => {
      const found = [...house.carrier.legs.values()].find(({ to }) => to === PHONE);
      if (found === undefined) throw new Error('the phone was not rung');
      return found;
    },
    { timeout: 5000, interval: 5 },
  );
  leg.label = 'agent';
  wire.agent = leg;
  return { wire, leg };
}

/** The carrier's word on the agent's leg, to where it was told to bring it. */
async function phoneIs(leg: WireLeg, status: string, more: Record<string, string> = {}) {
  leg.status = status;
  if (!['queued', 'ringing', 'in-progress'].includes(status)) leg.end ??= new Date();
  const { pathname, search } = new URL(leg.callback ?? '');
  const fields = { CallSid: leg.sid, CallStatus: status, ...more };
  await callBack(house.platform.url, `${pathname}${search}`, fields);
}

/** The phone was picked up: the carrier asks what it is to do. The TwiML. */
async function phoneAsks(wire: WireCall, leg: WireLeg, over: Record<string, string> = {}) {
  const [order] = house.carrier.phoneDials;
  const { pathname, search } = new URL(order?.get('Url') ?? '');
  const form = { CallSid: leg.sid, From: '+447700900000', To: PHONE, CallStatus: 'in-progress' };
  const { text } = await callBack(house.platform.url, `${pathname}${search}`, { ...form, ...over });
  return text;
}

describe('a SIP phone', () => {
  test('is chosen, shown, given a new password and handed back', async () => {
    const before = await house.admin.okGet<Session>('/api/session');
    expect(before).toMatchObject({ person: { phone: 'browser' }, phone: { sipPhones: true } });
    expect(codeOf(await house.admin.get(phonePath))).toBe('sip_phone.not_found');

    const { sipPhone, password } = await gotPhone();
    expect(sipPhone).toEqual({
      username: 'grace.hopper',
      domain: DOMAIN,
      server: DOMAIN,
      port: 5060,
    });
    expect(password).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).{12,}$/);
    const { phones } = house.carrier;
    expect(phones.passwordOf('grace.hopper')).toBe(password);
    expect(await house.admin.okGet<SipPhone>(phonePath)).toEqual(sipPhone);
    const { people } = await house.admin.okGet<PeopleAnswer>('/api/people');
    expect(people).toMatchObject([{ phone: 'sip' }]);

    const second = await gotPhone();
    expect(second.password).not.toBe(password);
    expect([...phones.credentials.values()]).toMatchObject([{ password: second.password }]);

    expect((await house.admin.delete(phonePath)).status).toBe(204);
    expect((await house.admin.delete(phonePath)).status).toBe(204);
    await vi.waitFor(() => expect(phones.credentials.size).toBe(0), { timeout: 5000 });
    // Whoever comes back finds the old user name.
    expect((await gotPhone()).sipPhone.username).toBe('grace.hopper');
    expect((await auditActions(house.platform)).filter((one) => one.startsWith('sip_'))).toEqual([
      'sip_phone.given',
      'sip_phone.password_changed',
      'sip_phone.taken',
      'sip_phone.given',
    ]);
    // No password is kept, nor said in the log.
    expect(house.platform.log.join('')).not.toContain(password);
  });

  test('is one’s own business, and the administrators’; namesakes get names of their own', async () => {
    const twin = { name: 'Grâce  Hopper', email: 'g2@example.com', role: 'agent', teamId: null };
    const other = await takeIn(house.admin, house.platform.visitor(), twin);
    await gotPhone();
    const forbidden = [
      other.client.post(phonePath),
      other.client.get(phonePath),
      other.client.delete(phonePath),
    ];
    for (const answer of forbidden) expect(codeOf(await answer)).toBe('auth.forbidden');
    const path = `/api/people/${other.id}/sip-phone`;
    const made = await other.client.post<SipPhoneCreated>(path);
    expect(made.body.sipPhone.username).toBe('grace.hopper2');
    expect((await house.admin.post(path)).status).toBe(201);
    expect(codeOf(await house.admin.post('/api/people/nobody/sip-phone'))).toBe('person.not_found');

    // Whoever is deactivated loses it, whatever the carrier is doing just then.
    house.carrier.phones.broken = true;
    const gone = await house.admin.patch(`/api/people/${other.id}`, { active: false });
    expect(gone.body).toMatchObject({ active: false, phone: 'browser' });
    expect(codeOf(await house.admin.post(path))).toBe('auth.deactivated');
    house.carrier.phones.broken = false;
    await vi.waitFor(
      async () => {
        await hurryJobs(house.platform);
        expect(house.carrier.phones.passwordOf('grace.hopper2')).toBeNull();
      },
      { timeout: 5000, interval: 50 },
    );
  });

  test('that the carrier cannot make is not chosen', async () => {
    house.carrier.phones.broken = true;
    const answer = await house.admin.post(phonePath);
    expect([answer.status, codeOf(answer)]).toEqual([503, 'carrier.unavailable']);
    const { person } = await house.admin.okGet<Session>('/api/session');
    expect(person?.phone).toBe('browser');
  });
});

describe('a call of an agent with a SIP phone', () => {
  test('rings the phone, and the customer once the agent is in the room', async () => {
    const { wire, leg } = await rung();
    expect(wire.call.agent.phone).toBe('sip');
    const [order] = house.carrier.phoneDials;
    expect(Object.fromEntries(order ?? [])).toMatchObject({
      From: '+447700900000',
      To: PHONE,
      Method: 'POST',
      Timeout: '45',
    });
    await phoneIs(leg, 'ringing');
    await phoneIs(leg, 'in-progress');
    expect(house.carrier.dials).toHaveLength(0);
    const twiml = await phoneAsks(wire, leg);
    expect(twiml).toContain(`>${wire.call.id}</Conference>`);
    expect(twiml).toContain('endConferenceOnExit="true"');
    expect(await phoneAsks(wire, leg)).toBe(twiml);

    await wire.agentEnters();
    await vi.waitFor(() => expect(house.carrier.dials).toHaveLength(1), { timeout: 5000 });
    const customer = [...house.carrier.legs.values()].find(({ to }) => to === CUSTOMER);
    Object.assign(customer!, { status: 'in-progress', start: new Date() });
    const news = new URL(customer?.callback ?? '');
    await callBack(house.platform.url, `${news.pathname}${news.search}`, {
      CallSid: customer?.sid ?? '',
      CallStatus: 'in-progress',
    });
    await wire.tellRoom('participant-join', {
      CallSid: customer?.sid ?? '',
      ParticipantLabel: customer?.label ?? '',
    });
    await reaches(house, wire.call.id, 'connected');

    // Putting the phone down is how it is ended.
    await wire.leaves('agent', 'participant_hung_up');
    await phoneIs(leg, 'completed');
    const ended = await reaches(house, wire.call.id, 'ended');
    expect(ended).toMatchObject({ outcome: 'completed', endReason: 'agent_hung_up' });
    const { events } = await detail(house.admin, wire.call.id);
    expect(events.map(({ kind }) => kind).slice(0, 7)).toEqual([
      'call.created',
      'agent.dialling',
      'agent.dialled',
      'agent.ringing',
      'agent.answered',
      'agent.joined',
      'customer.dialling',
    ]);
  });

  test.each([
    ['no-answer', {}, 'agent_phone_not_answered'],
    ['no-answer', { SipResponseCode: '487' }, 'agent_phone_not_answered'],
    ['no-answer', { SipResponseCode: '480' }, 'agent_phone_unreachable'],
    ['busy', {}, 'agent_phone_busy'],
    ['failed', { SipResponseCode: '404' }, 'agent_phone_unreachable'],
    ['failed', { SipResponseCode: '480' }, 'agent_phone_unreachable'],
  ])('ends where the phone is %s %j: nobody is dialled', async (status, more, why) => {
    const { wire, leg } = await rung();
    await phoneIs(leg, status, more);
    const ended = await reaches(house, wire.call.id, 'ended');
    expect(ended).toMatchObject({ outcome: 'failed', endReason: why, endedBy: 'system' });
    expect(house.carrier.dials).toHaveLength(0);
  });

  test('is ended with End while the phone rings: it stops', async () => {
    const { wire, leg } = await rung();
    await phoneIs(leg, 'ringing');
    await house.admin.post(`/api/calls/${wire.call.id}/hangup`);
    const ended = await reaches(house, wire.call.id, 'ended');
    expect(ended).toMatchObject({ outcome: 'cancelled', endReason: 'agent_hung_up' });
    expect(leg.status).toBe('canceled');
  });

  test('whose order’s answer was lost is looked up; the phone rings once', async () => {
    const { wire, leg } = await rung('answer_lost');
    await vi.waitFor(
      async () => {
        await hurryJobs(house.platform);
        const { events } = await detail(house.admin, wire.call.id);
        const dialled = events.find(({ kind }) => kind === 'agent.dialled');
        expect(dialled?.detail).toMatchObject({ sid: leg.sid });
      },
      { timeout: 5000, interval: 50 },
    );
    expect(house.carrier.phoneDials).toHaveLength(1);
    await phoneIs(leg, 'busy');
    await reaches(house, wire.call.id, 'ended');
  });

  test('that the carrier refuses ends at once', async () => {
    await gotPhone();
    house.carrier.dialTrouble = { status: 400, code: 21211, message: 'Invalid To' };
    const call = await house.admin.okCall(CUSTOMER);
    const ended = await reaches(house, call.id, 'ended');
    expect(ended).toMatchObject({ endReason: 'agent_phone_unreachable' });
  });

  test('of which no callback came is looked up when its time is over', async () => {
    const { wire, leg } = await rung();
    await vi.waitFor(
      async () => {
        const { events } = await detail(house.admin, wire.call.id);
        expect(events.map(({ kind }) => kind)).toContain('agent.dialled');
      },
      { timeout: 5000 },
    );
    Object.assign(leg, { status: 'failed', end: new Date() });
    await deadlineComes(house.platform, wire.call.id, 'agent_join');
    const ended = await reaches(house, wire.call.id, 'ended');
    expect(ended).toMatchObject({ endReason: 'agent_phone_unreachable' });
  });

  test('is nobody else’s: another leg, another phone or a browser is turned away', async () => {
    const { wire, leg } = await rung();
    expect(await phoneAsks(wire, { ...leg, sid: `CA${'9'.repeat(32)}` })).toContain('<Reject');
    expect(await wire.agentAsks()).toContain('<Reject');
    const query = `/carrier/voice?call=${wire.call.id}`;
    const form = { CallSid: leg.sid, From: `client:${house.identity}`, To: PHONE };
    expect((await callBack(house.platform.url, query, form, 'forged')).status).toBe(403);
    await phoneIs(leg, 'busy');
    const ended = await reaches(house, wire.call.id, 'ended');
    expect(ended).toMatchObject({ endReason: 'agent_phone_busy' } satisfies Partial<Call>);
  });

  test('that was picked up before its order was answered goes by the phone’s address', async () => {
    const { wire, leg } = await rung('held');
    const elsewhere = `sip:eve@${DOMAIN}`;
    expect(await phoneAsks(wire, leg, { To: elsewhere })).toContain('<Reject');
    expect(await phoneAsks(wire, leg, { To: `${PHONE};transport=tcp` })).toContain('<Conference');
    house.carrier.release();
    await phoneIs(leg, 'completed');
    expect(await reaches(house, wire.call.id, 'ended')).toMatchObject({
      endReason: 'agent_hung_up',
    });
  });
});
