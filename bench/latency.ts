import { AGENT_HZ, type Scene } from '../test/stories/scene.ts';
import { latencyLine } from './figures.ts';

const CUSTOMER_HZ = 1000;

/** @throws Error that names what never came: a benchmark that waits for ever says nothing. */
async function within<Result>(what: string, wait: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} never came`)), 15_000);
  });
  return Promise.race([wait, late]).finally(() => clearTimeout(timer));
}

/**
 * Real calls, one after the other, from an agent's robot to a person's robot: both speak the Voice
 * SDK's signalling and real WebRTC, so each figure holds the whole house, from the request to the
 * packet that is heard.
 */
export async function measureLatency(scene: Scene, calls: number): Promise<string[]> {
  const click: number[] = [];
  const answer: number[] = [];
  const agentHangsUp: number[] = [];
  const customerHangsUp: number[] = [];
  const agent = await scene.phone('agent');
  for (let n = 0; n < calls; n += 1) {
    const clicked = performance.now();
    const { customer, ...ringing } = await within('the ring', scene.person(agent));
    click.push(performance.now() - clicked);
    await scene.until(ringing, 'ringing');

    ringing.leg.sendTone(AGENT_HZ);
    customer.sendTone(CUSTOMER_HZ);
    const heard = [ringing.leg.media.hearing(CUSTOMER_HZ), customer.media.hearing(AGENT_HZ)];
    const answered = performance.now();
    await customer.answer();
    answer.push(Math.max(...(await within('the sound', Promise.all(heard)))) - answered);
    await scene.until(ringing, 'connected');

    const hungUp = performance.now();
    if (n % 2 === 0) {
      void scene.hangUp(ringing);
      await within('the end of the customer’s leg', customer.ended);
      agentHangsUp.push(performance.now() - hungUp);
    } else {
      customer.hangup();
      await within('the end of the agent’s leg', ringing.leg.ended);
      customerHangsUp.push(performance.now() - hungUp);
    }
    await scene.ended(ringing);
    customer.media.close();
    ringing.leg.media.close();
  }
  return [
    latencyLine('click → customer’s phone rings', click),
    latencyLine('answer → audio both ways', answer),
    latencyLine('agent hangs up → customer’s leg gone', agentHangsUp),
    latencyLine('customer hangs up → agent’s leg gone', customerHangsUp),
  ];
}
