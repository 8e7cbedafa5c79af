import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CarrierSide } from '../support/carrier.ts';
import {
  AGENT_HZ,
  ANSWERS_LATE,
  CUSTOMER_HZ,
  HANGS_UP,
  RINGS_LONG,
  type Ringing,
  Scene,
  TALKS,
} from './scene.ts';

let scene: Scene;
let carrier: CarrierSide;
beforeAll(async () => {
  scene = await Scene.open({
    env: { CALL_SWEEP_SECONDS: '1', RECORDING_MISSING_AFTER_SECONDS: '2' },
  });
  carrier = new CarrierSide(scene.offhook.engineUrl);
});
afterAll(() => scene.close());

/** A call to this number at which the server dies, once the call has come so far. */
async function diesWhen(number: string, kind: string) {
  const before = (await carrier.callsTo(number)).length;
  const robot = await scene.phone('agent');
  const call = await scene.agent.okCall(number);
  // Waits from before the leg exists: the moment after the event is the one that is wanted.
  // News of the ringing may overtake the carrier's own answer: then nothing tells of the dialling.
  const kinds = kind === 'customer.dialled' ? [kind, 'customer.ringing'] : [kind];
  const moment = Promise.race(kinds.map((one) => scene.live.event(call.id, one)));
  const leg = await robot.call({ call: call.id });
  await moment;
  await scene.serverDies();
  const dials = async () => (await carrier.callsTo(number)).length - before;
  return { robot, ringing: { call, leg } satisfies Ringing, dials };
}

describe('the server is killed', () => {
  it('while they talk: they talk on, and End works when it is back', async () => {
    const { robot, ringing, dials } = await diesWhen(TALKS, 'call.connected');
    await ringing.leg.hears(CUSTOMER_HZ);
    await scene.serverComesBack();
    await robot.reconnect();
    expect((await scene.live.call(ringing.call.id)).state).toBe('connected');
    ringing.leg.sendTone(AGENT_HZ);
    await ringing.leg.hears(CUSTOMER_HZ);
    await scene.hangUp(ringing);
    await ringing.leg.ended;
    expect(await scene.ended(ringing)).toMatchObject({
      outcome: 'completed',
      endedBy: 'agent',
      endReason: 'agent_hung_up',
    });
    expect(await scene.recorded(ringing)).toMatchObject({ recording: { state: 'ready' } });
    expect(await dials()).toBe(1);
    expect(await carrier.running()).toEqual([]);
  });

  it('while they talk, and the customer hangs up before it is back: it finds out', async () => {
    const { ringing, dials } = await diesWhen(HANGS_UP, 'call.connected');
    await expect.poll(() => carrier.running(), { timeout: 10_000 }).toEqual([]);
    const customerLeft = performance.now();
    await scene.serverComesBack();
    const call = await scene.ended(ringing);
    expect(call).toMatchObject({
      outcome: 'completed',
      endedBy: 'customer',
      endReason: 'customer_hung_up',
    });
    // The customer says goodbye after 1.5 s. The carrier's own times are whole seconds, and news that
    // is repeated until the server is back counts from when it is heard.
    expect(call.talkMs).toBeGreaterThan(500);
    expect(call.talkMs).toBeLessThan(1_500 + (performance.now() - customerLeft) + 1_000);
    expect(await scene.recorded(ringing)).toMatchObject({ recording: { state: 'ready' } });
    expect(await dials()).toBe(1);
  });

  it('while it rings: it rings on, and End stops it when it is back', async () => {
    const { robot, ringing, dials } = await diesWhen(RINGS_LONG, 'customer.ringing');
    await scene.serverComesBack();
    await robot.reconnect();
    expect((await scene.live.call(ringing.call.id)).state).toBe('ringing');
    await scene.hangUp(ringing);
    await ringing.leg.ended;
    expect(await scene.ended(ringing)).toMatchObject({
      outcome: 'cancelled',
      endedBy: 'agent',
      endReason: 'agent_hung_up',
    });
    expect(await dials()).toBe(1);
    expect(await carrier.running()).toEqual([]);
  });

  it('while it rings, and the customer answers before it is back: they are connected', async () => {
    const { robot, ringing, dials } = await diesWhen(ANSWERS_LATE, 'customer.ringing');
    const answered = async () => (await carrier.callsTo(ANSWERS_LATE))[0]?.status;
    await expect.poll(answered, { timeout: 10_000 }).toBe('in-progress');
    await scene.serverComesBack();
    await robot.reconnect();
    const call = await scene.until(ringing, 'connected');
    expect(call.ringMs).toBeGreaterThan(1_000);
    await scene.hangUp(ringing);
    await ringing.leg.ended;
    expect(await scene.ended(ringing)).toMatchObject({ outcome: 'completed', endedBy: 'agent' });
    expect(await dials()).toBe(1);
    expect(await carrier.running()).toEqual([]);
  });

  it.each(['agent.connecting', 'agent.joined', 'customer.dialling', 'customer.dialled'])(
    'the moment after “%s”: nobody is rung twice, and nobody stays on the line',
    async (kind) => {
      const { robot, ringing, dials } = await diesWhen(TALKS, kind);
      await scene.serverComesBack();
      await robot.reconnect();
      const settled = ['connected', 'ended'];
      const { id } = ringing.call;
      const call = await scene.live.until(id, ({ state }) => settled.includes(state), 30_000);
      if (call.state === 'connected') await scene.hangUp(ringing);
      await scene.ended(ringing);
      expect(await dials()).toBeLessThanOrEqual(1);
      await expect.poll(() => carrier.running()).toEqual([]);
    },
  );
});
