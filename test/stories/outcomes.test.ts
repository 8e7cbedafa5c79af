import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AGENT_HZ,
  BUSY,
  CUSTOMER_HZ,
  HANGS_UP,
  NO_ANSWER,
  NOT_IN_SERVICE,
  Scene,
  TALKS,
} from './scene.ts';
import { decibelsAbove, decodeMp3 } from '../support/tones.ts';
import type { CallDetail } from '@offhook/contract';

let scene: Scene;
beforeAll(async () => {
  // The shortest ring time that the carrier accepts, so that "no answer" is soon told.
  scene = await Scene.open({ env: { CALL_RING_SECONDS: '5', CALL_AGENT_JOIN_SECONDS: '3' } });
});
afterAll(() => scene.close());

describe('how a call can go', () => {
  it('completed: they hear each other, the agent hangs up, the recording has each on a channel', async () => {
    const ringing = await scene.talks();
    ringing.leg.sendTone(AGENT_HZ);
    await ringing.leg.hears(CUSTOMER_HZ);
    const connected = await scene.live.call(ringing.call.id);
    expect(connected).toMatchObject({ outcome: null, talkMs: null });
    expect(connected.connectedAt).not.toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 2000)); // the talk itself
    await scene.hangUp(ringing);
    await ringing.leg.ended;

    const call = await scene.ended(ringing);
    expect(call).toMatchObject({
      outcome: 'completed',
      endedBy: 'agent',
      endReason: 'agent_hung_up',
    });
    expect(call.ringMs).toBeGreaterThan(0);
    expect(call.talkMs).toBeGreaterThanOrEqual(2000);

    await scene.recorded(ringing);
    const { recording, events } = await scene.agent.okGet<CallDetail>(
      `/api/calls/${ringing.call.id}`,
    );
    expect(recording).toMatchObject({
      state: 'ready',
      channels: 2,
      speakers: ['agent', 'customer'],
      flags: [],
      problem: null,
    });
    expect(Math.abs(recording!.durationMs! - call.talkMs!)).toBeLessThan(500);
    const audio = await scene.agent.fetch('GET', recording!.audioUrl!);
    expect(audio.status).toBe(200);
    const [left, right] = await decodeMp3(new Uint8Array(await audio.arrayBuffer()));
    expect(decibelsAbove(AGENT_HZ, CUSTOMER_HZ, left!)).toBeGreaterThan(20);
    expect(decibelsAbove(CUSTOMER_HZ, AGENT_HZ, right!)).toBeGreaterThan(20);

    const kinds = events.map((event) => event.kind);
    expect(kinds[0]).toBe('call.created');
    expect(events.map((event) => event.seq)).toEqual(
      events.map((event) => event.seq).toSorted((a, b) => a - b),
    );
  });

  it('completed: the customer hangs up', async () => {
    const ringing = await scene.rings(HANGS_UP);
    await ringing.leg.ended;
    expect(await scene.ended(ringing)).toMatchObject({
      outcome: 'completed',
      endedBy: 'customer',
      endReason: 'customer_hung_up',
    });
  });

  it('busy', async () => {
    const ringing = await scene.rings(BUSY);
    await ringing.leg.ended;
    expect(await scene.ended(ringing)).toMatchObject({
      outcome: 'busy',
      endReason: 'customer_busy',
      connectedAt: null,
      talkMs: null,
      recording: null,
    });
  });

  it('no answer: rings for the ring time, then both legs are gone', async () => {
    const ringing = await scene.rings(NO_ANSWER);
    await scene.until(ringing, 'ringing');
    await ringing.leg.ended;
    const call = await scene.ended(ringing, 30_000);
    expect(call).toMatchObject({
      outcome: 'no_answer',
      endReason: 'customer_did_not_answer',
      talkMs: null,
    });
    expect(call.ringMs).toBeGreaterThanOrEqual(4_500);
  });

  it('failed: the number is not in service', async () => {
    const ringing = await scene.rings(NOT_IN_SERVICE);
    await ringing.leg.ended;
    expect(await scene.ended(ringing)).toMatchObject({
      outcome: 'failed',
      endReason: 'number_not_in_service',
      ringMs: null,
      talkMs: null,
    });
  });

  it('failed: the agent never joins', async () => {
    const call = await scene.agent.okCall(TALKS);
    const ended = await scene.live.until(call.id, (now) => now.state === 'ended', 40_000);
    expect(ended).toMatchObject({ endedBy: 'system', endReason: 'agent_never_joined' });
  });
});
