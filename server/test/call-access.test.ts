import type { Call, ErrorBody, NumberAnswer, PhoneToken } from '@offhook/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callBack } from './call-carrier.ts';
import {
  CUSTOMER,
  detail,
  type House,
  newKey,
  openHouse,
  reaches,
  startCall,
} from './call-house.ts';
import { codeOf, takeIn } from './platform.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => house.close());

describe('POST /api/calls', () => {
  test('twice with one key is one call', async () => {
    const key = newKey();
    const both = await Promise.all([
      house.admin.post<Call>('/api/calls', { to: CUSTOMER }, key),
      house.admin.post<Call>('/api/calls', { to: CUSTOMER }, key),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 201]);
    expect(both[0]?.body.id).toBe(both[1]?.body.id);
    const other = await house.admin.post('/api/calls', { to: '07700 900002' }, key);
    expect([other.status, codeOf(other)]).toEqual([409, 'idempotency.key_reused']);
    await house.admin.post(`/api/calls/${both[0]?.body.id ?? ''}/hangup`);
    const later = await house.admin.post<Call>('/api/calls', { to: CUSTOMER }, key);
    expect([later.status, later.body.state]).toEqual([200, 'ended']);
  });

  test('from two tabs at once starts one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => house.admin.post('/api/calls', { to: CUSTOMER }, newKey())),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(codeOf))).toEqual(new Set(['call.agent_busy']));
  });

  test('to a number that may not be called is refused with its reason', async () => {
    for (const [to, code] of [
      ['999', 'number.emergency'],
      ['+44 112', 'number.emergency'],
      ['999;ext=1', 'number.emergency'],
      ['+1 911', 'number.emergency'],
      ['hello', 'number.unreadable'],
      ['020 7946 0958 ext. 12', 'number.unreadable'],
      ['12', 'number.impossible'],
      ['1', 'number.impossible'],
      ['020 7946 09580000', 'number.impossible'],
      [`07${'0'.repeat(40)}`, 'number.impossible'],
      ['+44 20 0000 000', 'number.impossible'],
      ['0900 123 4567', 'number.premium_rate'],
      ['070 1234 5678', 'number.premium_rate'],
      ['0871 123 4567', 'number.premium_rate'],
      ['+33 892 12 34 56', 'number.premium_rate'],
    ] as const) {
      const answer = await house.admin.post('/api/calls', { to });
      expect([to, answer.status, codeOf(answer)]).toEqual([to, 422, code]);
      const looked = await house.admin.okGet<NumberAnswer>(
        `/api/numbers?text=${encodeURIComponent(to)}`,
      );
      expect([to, looked.problem?.code]).toEqual([to, code]);
    }
  });

  test('that is not what we asked for is refused, and says which field', async () => {
    for (const [body, field] of [
      [{}, 'to'],
      [{ to: CUSTOMER, from: 'x' }, 'from'],
      [{ to: 7 }, 'to'],
      [{ to: '' }, 'to'],
      [{ to: '0'.repeat(65) }, 'to'],
    ] as const) {
      const answer = await house.admin.post('/api/calls', body);
      expect([answer.status, codeOf(answer)]).toEqual([422, 'request.invalid']);
      expect(Object.keys((answer.body as ErrorBody).error.fields ?? {})).toEqual([field]);
    }
    const key = { 'idempotency-key': 'no spaces please' };
    const answer = await house.admin.post('/api/calls', { to: CUSTOMER }, key);
    expect([answer.status, codeOf(answer)]).toEqual([422, 'request.invalid']);
    const again = await house.admin.get('/api/calls?state=live');
    expect(again.body).toMatchObject({ calls: [] });
  });

  test('needs somebody who is signed in', async () => {
    const answer = await house.platform.visitor().post('/api/calls', { to: CUSTOMER });
    expect([answer.status, codeOf(answer)]).toEqual([401, 'auth.required']);
  });
});

test('a number that only costs a little more is not premium, unless somebody says so', async () => {
  const looked = () => house.admin.okGet<NumberAnswer>('/api/numbers?text=0845%20123%204567');
  expect((await looked()).problem).toBeNull();
  await house.close();
  house = await openHouse({ DIAL_NOT_PREMIUM_PREFIXES: 'none' });
  expect((await looked()).problem?.code).toBe('number.premium_rate');
});

test('a number is understood as people type it', async () => {
  for (const text of ['07700 900001', '+447700900001', '0044 7700-900-001']) {
    const answer = await house.admin.okGet<NumberAnswer>(
      `/api/numbers?text=${encodeURIComponent(text)}`,
    );
    expect(answer).toEqual({
      e164: CUSTOMER,
      national: '07700 900001',
      international: '+44 7700 900001',
      country: 'GB',
      description: 'mobile, United Kingdom',
      name: 'Ada Answers',
      problem: null,
    });
  }
});

test('without demo customers, drama numbers are refused with a reason of their own', async () => {
  await house.close();
  house = await openHouse({ OFFHOOK_DEMO_CUSTOMERS: '' });
  const answer = await house.admin.post('/api/calls', { to: CUSTOMER });
  expect([answer.status, codeOf(answer)]).toEqual([422, 'number.reserved_for_drama']);
  const token = await house.admin.get('/api/phone/token?identity=demo_phone');
  expect(token.status).toBe(404);
});

test('a phone’s token says who it is', async () => {
  const agent = await house.admin.okGet<PhoneToken>('/api/phone/token');
  expect(agent.identity).toBe(house.identity);
  const claims = JSON.parse(
    Buffer.from(agent.token.split('.')[1] ?? '', 'base64url').toString(),
  ) as { grants: unknown };
  expect(claims.grants).toMatchObject({
    identity: house.identity,
    voice: { incoming: { allow: true }, outgoing: { application_sid: `AP${'a1'.repeat(16)}` } },
  });
  const demo = await house.admin.okGet<PhoneToken>('/api/phone/token?identity=demo_phone');
  expect(demo.identity).toBe('demo_phone');
});

describe('another agent', () => {
  test('neither sees nor ends the call; its phone is not let into it', async () => {
    const wire = await startCall(house);
    const { client, id } = await takeIn(house.admin, house.platform.visitor(), {
      name: 'Alan',
      email: 'alan@example.com',
      role: 'agent',
      teamId: null,
    });
    const path = `/api/calls/${wire.call.id}`;
    for (const answer of [await client.get(path), await client.post(`${path}/hangup`)]) {
      expect([answer.status, codeOf(answer)]).toEqual([404, 'call.not_found']);
    }
    expect(await wire.agentAsks(`client:agent_${id}`)).toContain('<Reject/>');
    expect(await wire.agentAsks('+447700900123')).toContain('<Reject/>');
    expect((await detail(house.admin, wire.call.id)).call.state).toBe('connecting');
  });
});

describe('a callback', () => {
  test('that is forged or unsigned gets 403 and changes nothing', async () => {
    const wire = await startCall(house);
    await wire.connectAgent();
    await wire.dialled();
    await reaches(house, wire.call.id, 'dialling');
    const before = await detail(house.admin, wire.call.id);
    const { sid, callback } = wire.customer;
    const leg = new URL(callback ?? '');
    const call = `call=${wire.call.id}`;
    const paths = [
      '/carrier/voice',
      '/carrier/wait',
      '/carrier/hold',
      `${leg.pathname}${leg.search}`,
      `/carrier/conference?${call}`,
      `/carrier/recording?${call}`,
    ];
    const fields = { CallSid: sid, CallStatus: 'completed', call: wire.call.id };
    for (const path of paths) {
      for (const signature of ['', 'bm8gc3VjaCBzaWduYXR1cmU=']) {
        const answer = await callBack(house.platform.url, path, fields, signature);
        expect([path, answer.status]).toEqual([path, 403]);
        expect(answer.text).toContain('carrier.forged');
      }
    }
    const after = await detail(house.admin, wire.call.id);
    expect(after.call).toEqual(before.call);
    expect(after.events).toHaveLength(before.events.length);
  });

  test('about a call or leg that is not ours is acknowledged and changes nothing', async () => {
    const wire = await startCall(house);
    const fields = { CallSid: 'CAx', CallStatus: 'ringing', ConferenceSid: 'CFx' };
    for (const path of [
      '/carrier/leg?call=call_none&leg=leg_none',
      `/carrier/leg?call=${wire.call.id}&leg=leg_none`,
      '/carrier/conference?call=call_none',
      '/carrier/recording?call=call_none',
    ]) {
      expect((await callBack(house.platform.url, path, fields)).status).toBe(204);
    }
    expect((await detail(house.admin, wire.call.id)).call.version).toBe(1);
  });

  test('carries fields of next year', async () => {
    const wire = await startCall(house);
    await wire.connectAgent();
    await wire.dialled();
    await wire.tellLeg('ringing', { BrandNew: 'yes', 'Odd Name': '  untrimmed ' });
    await reaches(house, wire.call.id, 'ringing');
  });
});

test('the wait music is TwiML that plays our ringback', async () => {
  const { text } = await callBack(house.platform.url, '/carrier/wait', { CallSid: 'CAx' });
  const sound = /<Play loop="0">(.*)<\/Play>/.exec(text)?.[1] ?? '';
  const response = await fetch(sound);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'audio/wav']);
  expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(1000);
});
