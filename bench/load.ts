import type { InvitationCreated } from '@offhook/contract';
import { expectStatus, type Client } from '../test/support/client.ts';
import { AGENT_HZ, type Scene, TALKS } from '../test/stories/scene.ts';
import { cpuMs } from './cpu.ts';

const SECONDS = 30;

/**
 * What the engine (both processes) uses while `calls` agents talk at once, each recorded: CPU ms
 * per second of one call. The customers' ends are the engine's own demo customers.
 */
export async function measureLoad(scene: Scene, calls: number): Promise<string[]> {
  const agents = await Promise.all(Array.from({ length: calls }, (_, n) => join(scene, n)));
  for (const agent of agents) {
    const robot = await scene.phone('agent', agent);
    const call = await agent.okCall(TALKS);
    const leg = await robot.call({ call: call.id });
    leg.sendTone(AGENT_HZ);
    await scene.live.until(call.id, ({ state }) => state === 'connected');
  }
  const { pid } = scene.offhook.engine;
  const before = cpuMs(pid);
  const began = performance.now();
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  const seconds = (performance.now() - began) / 1000;
  const perCall = (cpuMs(pid) - before) / seconds / calls;
  return [
    `${calls} recorded calls for ${SECONDS} s: ${perCall.toFixed(1)} ms of the engine’s CPU per call-second (one browser leg, one demo leg each)`,
  ];
}

async function join(scene: Scene, n: number): Promise<Client> {
  const person = { email: `agent${n}@example.com`, role: 'agent', teamId: null };
  const made = await scene.agent.post<InvitationCreated>('/api/invitations', person);
  const secret = new URL(expectStatus(made, 201).link).pathname.split('/').at(-1) ?? '';
  const agent = scene.offhook.visitor();
  const words = { name: `Agent ${n}`, password: 'correct horse battery' };
  expectStatus(await agent.post(`/api/join/${secret}`, words), 200);
  return agent;
}
