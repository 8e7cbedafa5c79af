import { createHash } from 'node:crypto';
import type { Call, CallDetail, Recording } from '@offhook/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decibelsAbove, decodeMp3, loudness, part, powerAt, type Sound } from '../support/tones.ts';
import { FillingDisk } from '../support/filling-disk.ts';
import { AGENT_HZ, CUSTOMER_HZ, HANGS_UP, Scene, TALKS } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ env: { RECORDING_MISSING_AFTER_SECONDS: '2' } });
});
afterAll(() => scene.close());

interface Heard {
  call: Call;
  recording: Recording;
  channels: Sound[];
}

async function hear(id: string): Promise<Heard> {
  const { call, recording } = await scene.agent.okGet<CallDetail>(`/api/calls/${id}`);
  if (recording?.audioUrl == null) throw new Error(`not playable: ${JSON.stringify(recording)}`);
  const answer = await scene.agent.fetch('GET', recording.audioUrl);
  const file = Buffer.from(await answer.arrayBuffer());
  expect(createHash('sha256').update(file).digest('hex')).toBe(recording.sha256);
  return { call, recording, channels: await decodeMp3(file) };
}

test('each voice is on its own channel, as long as the talk, at the right time', async () => {
  const ringing = await scene.talks(TALKS);
  await ringing.leg.hears(CUSTOMER_HZ);
  await pause(1500);
  const spokeAt = Date.now();
  ringing.leg.sendTone(AGENT_HZ);
  await pause(2500);
  await scene.hangUp(ringing);
  await scene.ended(ringing);
  await scene.recorded(ringing);

  const { call, recording, channels } = await hear(ringing.call.id);
  expect(recording).toMatchObject({ state: 'ready', problem: null, flags: [], channels: 2 });
  expect(recording.speakers).toEqual(['agent', 'customer']);
  expect(Math.abs((recording.durationMs ?? 0) - (call.talkMs ?? 0))).toBeLessThan(500);

  const [agent, customer] = channels as [Sound, Sound];
  const startedAt = Date.parse(recording.startedAt ?? '');
  const spoke = (spokeAt - startedAt) / 1000;
  const talking = (sound: Sound) => part(sound, spoke + 0.5, spoke + 2);
  expect(decibelsAbove(AGENT_HZ, CUSTOMER_HZ, talking(agent))).toBeGreaterThan(20);
  expect(decibelsAbove(CUSTOMER_HZ, AGENT_HZ, talking(customer))).toBeGreaterThan(20);
  expect(loudness(part(agent, 0.3, spoke - 0.2))).toBeLessThan(-50);
  const offMs = (onset(agent, AGENT_HZ) - spoke) * 1000;
  // Audio time is call time: what a click on the timeline plays is what was said then.
  expect(offMs).toBeGreaterThan(-150);
  expect(offMs).toBeLessThan(300);
});

test('the customer hangs up: the recording is there all the same', async () => {
  const ringing = await scene.rings(HANGS_UP);
  await scene.ended(ringing);
  const { recording } = await scene.recorded(ringing);
  expect(recording).toMatchObject({ state: 'ready', flags: [] });
});

test('nobody answered: nothing was recorded and nothing is missing', async () => {
  const ringing = await scene.rings('+447700900002');
  const call = await scene.ended(ringing);
  expect(call.recording).toBeNull();
});

test('the server is dead when the call ends: once back, it finds out and fetches', async () => {
  const ringing = await scene.talks(TALKS);
  await pause(1000);
  await scene.offhook.server.stop('SIGKILL');
  ringing.leg.media.fallSilent();
  // Long enough for the engine to end the call and to give up telling anybody.
  await pause(6000);
  await scene.offhook.server.start();
  await expect
    .poll(
      async () =>
        (await scene.agent.okGet<CallDetail>(`/api/calls/${ringing.call.id}`)).recording?.state,
      { timeout: 30_000, interval: 200 },
    )
    .toBe('ready');
});

test('the disk is full: the call goes on, and the record says why there is no audio', async () => {
  const full = await Scene.open({ env: { ENGINE_MIN_FREE_MB: '1000000000' } });
  try {
    const ringing = await full.talks(TALKS);
    await ringing.leg.hears(CUSTOMER_HZ);
    await full.hangUp(ringing);
    const { outcome } = await full.ended(ringing);
    expect(outcome).toBe('completed');
    const { recording } = await full.recorded(ringing);
    expect(recording).toMatchObject({ state: 'absent', problem: 'disk_full' });
  } finally {
    await full.close();
  }
}, 120_000);

test('the disk fills up in mid-call: what was recorded before is there, and the record says why', async () => {
  const disk = new FillingDisk();
  const filling = await Scene.open({
    env: { OFFHOOK_DATA: disk.folder, ENGINE_MIN_FREE_MB: String(disk.minFreeMb) },
  });
  try {
    const ringing = await filling.talks(TALKS);
    await pause(2000);
    disk.fill();
    await filling.live.until(
      ringing.call.id,
      ({ recording }) => recording?.problem === 'disk_full',
    );
    await ringing.leg.hears(CUSTOMER_HZ);
    await pause(1000);
    await filling.hangUp(ringing);
    const { recording, talkMs } = await filling.recorded(ringing);
    expect(recording).toMatchObject({ state: 'ready', problem: 'disk_full' });
    expect(recording?.flags).toEqual(['length_differs', 'cut_short']);
    expect(recording?.durationMs).toBeGreaterThan(1500);
    expect(recording?.durationMs).toBeLessThan((talkMs ?? 0) - 800);
  } finally {
    await filling.close();
    disk.remove();
  }
}, 120_000);

/** When a tone begins, in seconds. */
function onset(sound: Sound, hz: number): number {
  const step = 0.02;
  for (let at = 0; at < sound.samples.length / sound.rate; at += step) {
    if (powerAt(hz, part(sound, at, at + step)) > 1e-3) return at;
  }
  return Number.NaN;
}

/** A conversation takes time. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
