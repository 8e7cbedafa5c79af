import { execFileSync } from 'node:child_process';
import type { CallDetail } from '@offhook/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CUSTOMER_HZ, RINGS_LONG, type Ringing, Scene, TALKS } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene.close());

const TALK_MS = 2500;

/** They talk for a while; then whatever `kill` kills is gone without a word. */
async function talkUntil(
  kill: () => Promise<void> | void,
): Promise<Ringing & { talkedMs: number }> {
  const ringing = await scene.talks(TALKS);
  const since = Date.now();
  await ringing.leg.hears(CUSTOMER_HZ);
  await new Promise((resolve) => setTimeout(resolve, since + TALK_MS - Date.now()));
  const talkedMs = Date.now() - since;
  await kill();
  return { ...ringing, talkedMs };
}

function killMedia(): void {
  const engine = String(scene.offhook.engine.pid);
  const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', engine]).toString();
  const line = children.split('\n').find((child) => child.includes('media/main.ts')) ?? '';
  process.kill(Number(line.trim().split(' ')[0]), 'SIGKILL');
}

/** They talked, nobody hung up, and nobody is said to have. */
async function expectLost(ringing: Ringing): Promise<void> {
  expect(await scene.ended(ringing)).toMatchObject({
    outcome: 'completed',
    endedBy: 'system',
    endReason: 'carrier_failed',
  });
}

async function expectRecorded(ringing: Ringing & { talkedMs: number }): Promise<void> {
  await scene.recorded(ringing);
  const { recording } = await scene.agent.okGet<CallDetail>(`/api/calls/${ringing.call.id}`);
  expect(recording).toMatchObject({ state: 'ready', problem: null, channels: 2 });
  expect(recording?.durationMs).toBeGreaterThan(ringing.talkedMs - 1000);
}

async function expectNextCallWorks(): Promise<void> {
  const next = await scene.talks(TALKS);
  await next.leg.hears(CUSTOMER_HZ);
  await scene.hangUp(next);
  expect(await scene.ended(next)).toMatchObject({ endReason: 'agent_hung_up' });
}

describe('killed in the middle of a call', () => {
  it('the engine: nobody is said to have hung up, the recording is there, the next call works', async () => {
    const { engine } = scene.offhook;
    const lost = await talkUntil(() => engine.stop('SIGKILL'));
    const died = Date.now();
    await engine.start();
    await expectLost(lost);
    await expectNextCallWorks();
    expect(Date.now() - died).toBeLessThan(10_000);
    await expectRecorded(lost);
  });

  it('the media process only: the same, and the agent is told at once', async () => {
    const lost = await talkUntil(killMedia);
    const died = Date.now();
    await lost.leg.ended;
    expect(Date.now() - died).toBeLessThan(2000);
    await expectLost(lost);
    await expectNextCallWorks();
    expect(Date.now() - died).toBeLessThan(10_000);
    await expectRecorded(lost);
  });

  it('the engine while the phone rings: the call failed, and nobody is rung again', async () => {
    const { engine } = scene.offhook;
    const ringing = await scene.rings(RINGS_LONG);
    await scene.until(ringing, 'ringing');
    await engine.stop('SIGKILL');
    await engine.start();
    expect(await scene.ended(ringing)).toMatchObject({
      outcome: 'failed',
      endedBy: 'system',
      endReason: 'carrier_failed',
      recording: null,
    });
    await expectNextCallWorks();
  });
});
