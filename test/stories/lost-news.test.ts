import type { CallDetail } from '@offhook/contract';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CallbackProxy } from '../support/callback-proxy.ts';
import { CarrierSide } from '../support/carrier.ts';
import { BUSY, HANGS_UP, NO_ANSWER, Scene, TALKS } from './scene.ts';

let scene: Scene;
let network: CallbackProxy;
let carrier: CarrierSide;
beforeAll(async () => {
  network = await CallbackProxy.open();
  scene = await Scene.open({
    env: {
      OFFHOOK_CALLBACK_URL: network.url,
      ENGINE_VOICE_URL: `${network.url}/carrier/voice`,
      CALL_SWEEP_SECONDS: '0.5',
      CALL_RING_SECONDS: '5',
      RECORDING_MISSING_AFTER_SECONDS: '1',
    },
  });
  network.target = scene.offhook.url;
  carrier = new CarrierSide(scene.offhook.engineUrl);
});
afterEach(() => {
  network.fate = () => 'arrives';
  network.lost.length = 0;
});
afterAll(async () => {
  await scene.close();
  await network.close();
});

const NEWS = ['/carrier/leg', '/carrier/conference', '/carrier/recording'];

/** Questions are answered, or there would be no call; everything that is only told is lost. */
function loseAllNews(): void {
  network.fate = (path) => (NEWS.includes(path) ? 'is_lost' : 'arrives');
}

describe('not one callback arrives', () => {
  it('the call is made all the same, End ends it, and the recording is fetched', async () => {
    loseAllNews();
    const ringing = await scene.talks(TALKS);
    await scene.hangUp(ringing);
    await ringing.leg.ended;
    const call = await scene.ended(ringing);
    expect(call).toMatchObject({
      outcome: 'completed',
      endedBy: 'agent',
      endReason: 'agent_hung_up',
    });
    expect(await scene.recorded(ringing)).toMatchObject({ recording: { state: 'ready' } });
    expect(await carrier.running()).toEqual([]);
    expect(new Set(network.lost.map((path) => path.split('?')[0]))).toEqual(new Set(NEWS));
  });

  it.each([
    [HANGS_UP, { outcome: 'completed', endedBy: 'customer', endReason: 'customer_hung_up' }],
    [BUSY, { outcome: 'busy', endedBy: 'customer', endReason: 'customer_busy' }],
    [NO_ANSWER, { outcome: 'no_answer', endedBy: 'system', endReason: 'customer_did_not_answer' }],
  ] as const)('the carrier is asked how %s ended', async (number, ending) => {
    loseAllNews();
    const ringing = await scene.rings(number);
    expect(await scene.ended(ringing, 30_000)).toMatchObject(ending);
    await ringing.leg.ended;
    expect(await carrier.running()).toEqual([]);
  });

  it('the agent’s tab is gone: the customer is not left alone', async () => {
    loseAllNews();
    const robot = await scene.phone('agent');
    const ringing = await scene.rings(TALKS, robot);
    await scene.until(ringing, 'connected');
    robot.kill();
    expect(await scene.ended(ringing, 40_000)).toMatchObject({
      outcome: 'completed',
      endedBy: 'agent',
      endReason: 'agent_left',
    });
    expect(await carrier.running()).toEqual([]);
  });
});

describe('some callbacks go astray', () => {
  it('each arrives twice: each thing happens once', async () => {
    network.fate = () => 'arrives_twice';
    const before = (await carrier.callsTo(TALKS)).length;
    const ringing = await scene.talks(TALKS);
    await scene.hangUp(ringing);
    await ringing.leg.ended;
    await scene.ended(ringing);
    await scene.recorded(ringing);
    const { events } = await scene.agent.okGet<CallDetail>(`/api/calls/${ringing.call.id}`);
    const kinds = events.map(({ kind }) => kind);
    expect(new Set(kinds).size).toBe(kinds.length);
    expect(await carrier.callsTo(TALKS)).toHaveLength(before + 1);
  });

  it('every third is lost: the record ends up the same', async () => {
    let count = 0;
    network.fate = (path) => {
      count += 1;
      return NEWS.includes(path) && count % 3 === 0 ? 'is_lost' : 'arrives';
    };
    for (let calls = 0; calls < 3; calls += 1) {
      const ringing = await scene.rings(HANGS_UP);
      expect(await scene.ended(ringing)).toMatchObject({
        outcome: 'completed',
        endedBy: 'customer',
        endReason: 'customer_hung_up',
      });
      await ringing.leg.ended;
    }
    expect(network.lost.length).toBeGreaterThan(0);
  });
});
