import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT_HZ, RINGS_LONG, Scene, TALKS } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene.close());

describe('the agent ends the call', () => {
  it('before the own leg is there: nobody is ever rung', async () => {
    const call = await scene.agent.okCall(TALKS);
    await scene.hangUp({ call, leg: null as never });
    const ended = await scene.live.until(call.id, ({ state }) => state === 'ended');
    expect(ended).toMatchObject({
      outcome: 'cancelled',
      endedBy: 'agent',
      endReason: 'agent_hung_up',
      ringingAt: null,
    });
    const late = await (await scene.phone('agent')).call({ call: call.id });
    await late.ended;
    const { events } = await scene.detail({ call, leg: late });
    expect(events.map(({ kind }) => kind)).not.toContain('customer.ringing');
  });

  it('while dialling: the phone never rings on', async () => {
    const ringing = await scene.rings(RINGS_LONG);
    await scene.live.until(ringing.call.id, ({ state }) => state !== 'connecting');
    await scene.hangUp(ringing);
    await ringing.leg.ended;
    expect(await scene.ended(ringing)).toMatchObject({ outcome: 'cancelled', endedBy: 'agent' });
  });

  it('while it rings: the customer’s phone stops ringing', async () => {
    const { customer, ...ringing } = await scene.person();
    await scene.until(ringing, 'ringing');
    await scene.hangUp(ringing);
    expect((await customer.ended).how).toBe('cancel');
    await ringing.leg.ended;
    const call = await scene.ended(ringing);
    expect(call).toMatchObject({
      outcome: 'cancelled',
      endedBy: 'agent',
      endReason: 'agent_hung_up',
      talkMs: null,
    });
    expect(call.ringMs).not.toBeNull();
  });

  it('while it rings, from the phone itself instead of the API', async () => {
    const { customer, ...ringing } = await scene.person();
    await scene.until(ringing, 'ringing');
    ringing.leg.hangup();
    expect((await customer.ended).how).toBe('cancel');
    expect(await scene.ended(ringing)).toMatchObject({ outcome: 'cancelled', endedBy: 'agent' });
  });

  it('while they talk: the customer’s leg ends', async () => {
    const { customer, ...ringing } = await scene.person();
    await customer.answer();
    await scene.until(ringing, 'connected');
    await scene.hangUp(ringing);
    expect((await customer.ended).how).toBe('hangup');
    expect(await scene.ended(ringing)).toMatchObject({
      outcome: 'completed',
      endedBy: 'agent',
      endReason: 'agent_hung_up',
    });
  });

  it('twice, and after it has ended: harmless', async () => {
    const ringing = await scene.talks();
    const [first, second] = await Promise.all([scene.hangUp(ringing), scene.hangUp(ringing)]);
    expect([first.outcome, second.outcome]).toEqual(['completed', 'completed']);
    const ended = await scene.ended(ringing);
    const { state, endedAt, endReason } = ended;
    expect(await scene.hangUp(ringing)).toMatchObject({ state, endedAt, endReason });
  });
});

describe('the customer ends the call', () => {
  it('by declining while it rings', async () => {
    const { customer, ...ringing } = await scene.person();
    await scene.until(ringing, 'ringing');
    customer.reject();
    await ringing.leg.ended;
    expect(await scene.ended(ringing)).toMatchObject({
      outcome: 'busy',
      endReason: 'customer_busy',
      connectedAt: null,
    });
  });

  it('while they talk: the agent’s leg ends', async () => {
    const { customer, ...ringing } = await scene.person();
    await customer.answer();
    await scene.until(ringing, 'connected');
    customer.sendTone(800);
    await ringing.leg.hears(800);
    ringing.leg.sendTone(AGENT_HZ);
    await customer.hears(AGENT_HZ);
    customer.hangup();
    await ringing.leg.ended;
    expect(await scene.ended(ringing)).toMatchObject({
      outcome: 'completed',
      endedBy: 'customer',
      endReason: 'customer_hung_up',
    });
  });
});

describe('the agent’s tab is gone without a word', () => {
  it('while it rings: the customer’s phone stops', async () => {
    const robot = await scene.phone('agent');
    const { customer, ...ringing } = await scene.person(robot);
    await scene.until(ringing, 'ringing');
    robot.kill();
    expect((await customer.ended).how).toBe('cancel');
    expect(await scene.ended(ringing)).toMatchObject({
      outcome: 'cancelled',
      endedBy: 'agent',
      endReason: 'agent_left',
    });
  });

  it('while they talk: the call ends for both', async () => {
    const robot = await scene.phone('agent');
    const { customer, ...ringing } = await scene.person(robot);
    await customer.answer();
    await scene.until(ringing, 'connected');
    robot.kill();
    await customer.ended;
    expect(await scene.ended(ringing)).toMatchObject({
      outcome: 'completed',
      endedBy: 'agent',
      endReason: 'agent_left',
    });
  });
});

describe('a second tab', () => {
  it('sees the call, cannot start another, and can end it', async () => {
    const ringing = await scene.talks();
    const second = scene.offhook.visitor();
    await second.okSignIn();
    const refused = await second.post('/api/calls', { to: TALKS }, { 'idempotency-key': 'second' });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ error: { code: 'call.agent_busy' } });
    const list = await second.okGet<{ calls: { id: string }[] }>('/api/calls?state=live');
    expect(list.calls.map(({ id }) => id)).toEqual([ringing.call.id]);
    await scene.hangUp(ringing, second);
    await ringing.leg.ended;
    expect(await scene.ended(ringing)).toMatchObject({ endedBy: 'agent' });
  });

  it('cannot bring a second leg into the call', async () => {
    const ringing = await scene.talks();
    const other = await (await scene.phone('agent')).call({ call: ringing.call.id });
    await other.ended;
    expect((await scene.live.call(ringing.call.id)).state).toBe('connected');
    await scene.hangUp(ringing);
    await scene.ended(ringing);
  });
});
