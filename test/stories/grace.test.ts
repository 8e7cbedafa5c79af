import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RobotCall } from '../support/robot-phone.ts';
import { AGENT_HZ, CUSTOMER_HZ, Scene } from './scene.ts';

/** Long enough to come back in, short enough to wait for. */
const GRACE_SECONDS = 4;

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ env: { CALL_AGENT_GRACE_SECONDS: String(GRACE_SECONDS) } });
});
afterAll(() => scene.close());

/** Both talk, and the agent's browser is then gone without a word. */
async function agentIsLost() {
  const robot = await scene.phone('agent');
  const { customer, ...ringing } = await scene.person(robot);
  await customer.answer();
  await scene.until(ringing, 'connected');
  ringing.leg.sendTone(AGENT_HZ);
  await customer.hears(AGENT_HZ);
  robot.kill();
  await scene.live.event(ringing.call.id, 'agent.away');
  return { ringing, customer };
}

describe('with a grace period, an agent whose browser is gone', () => {
  it('comes back to a customer who heard music meanwhile, and they talk on', async () => {
    const { ringing, customer } = await agentIsLost();
    await hearsMusic(customer);
    customer.sendTone(CUSTOMER_HZ);

    const again = await scene.phone('agent');
    const leg = await again.call({ call: ringing.call.id });
    await scene.live.event(ringing.call.id, 'agent.back');
    await customer.hears(null);
    leg.sendTone(AGENT_HZ);
    await leg.hears(CUSTOMER_HZ);
    await customer.hears(AGENT_HZ);
    expect((await scene.live.call(ringing.call.id)).state).toBe('connected');

    await scene.hangUp(ringing);
    await Promise.all([leg.ended, customer.ended]);
    const call = await scene.ended(ringing);
    expect(call).toMatchObject({ outcome: 'completed', endReason: 'agent_hung_up' });
    // One conversation, one recording: the break is in it.
    expect(await scene.recorded(ringing)).toMatchObject({
      recording: { state: 'ready', flags: [] },
    });
    const { events } = await scene.detail(ringing);
    expect(events.filter(({ kind }) => kind === 'customer.dialling')).toHaveLength(1);
  });

  it('may do so again and again', async () => {
    const { ringing, customer } = await agentIsLost();
    for (let times = 0; times < 2; times += 1) {
      const again = await scene.phone('agent');
      const leg = await again.call({ call: ringing.call.id });
      leg.sendTone(AGENT_HZ);
      await customer.hears(AGENT_HZ);
      leg.hangup();
      await hearsMusic(customer);
    }
    await scene.hangUp(ringing);
    await customer.ended;
    expect(await scene.ended(ringing)).toMatchObject({ endReason: 'agent_hung_up' });
  });

  it('and does not come back has left when it is over', async () => {
    const { ringing, customer } = await agentIsLost();
    await hearsMusic(customer);
    expect((await customer.ended).how).toBe('hangup');
    const call = await scene.ended(ringing);
    expect(call).toMatchObject({
      outcome: 'completed',
      endedBy: 'agent',
      endReason: 'agent_left',
    });
    const { events } = await scene.detail(ringing);
    const at = (kind: string) => events.find((event) => event.kind === kind)?.offsetMs ?? NaN;
    expect(at('call.ending') - at('agent.away')).toBeGreaterThanOrEqual(GRACE_SECONDS * 1000);
  });

  it('finds nobody when the customer hung up meanwhile', async () => {
    const { ringing, customer } = await agentIsLost();
    await hearsMusic(customer);
    customer.hangup();
    expect(await scene.ended(ringing)).toMatchObject({
      endedBy: 'customer',
      endReason: 'customer_hung_up',
    });
    const late = await (await scene.phone('agent')).call({ call: ringing.call.id });
    await late.ended;
  });
});

/** Something that is not the agent's tone, and not silence. */
async function hearsMusic(customer: RobotCall): Promise<void> {
  const isMusic = () => {
    const { hz, db } = customer.heardTone(300);
    return hz !== null && Math.abs(hz - AGENT_HZ) > 15 && db > -50;
  };
  await expect.poll(isMusic, { timeout: 5_000, interval: 50 }).toBe(true);
}
