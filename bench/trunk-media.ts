import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { startMedia } from '../engine/src/media/client.ts';
import type { RtpFlow } from '../engine/src/media/protocol.ts';
import { cpuMs } from './cpu.ts';
import { Janus } from './janus.ts';
import { Talkers, type Talker } from './talkers.ts';

const SECONDS = 20;
/** Buffers find their depth. */
const SETTLE_MS = 5000;
const HEAR_WITHIN_MS = 15_000;
const HZ = [440, 1000] as const;
const MIX = { muted: false, held: false, coaches: null };

type Call = readonly [Talker, Talker];

/**
 * What `calls` recorded calls cost while they run: two telephones each (G.711 over plain RTP), in a
 * room of their own, one process on one core. And the same calls through Janus's AudioBridge, where
 * it is installed. Every call is listened to: each end hears the other's tone.
 */
export async function measureTrunkMedia(calls: number, folder: string): Promise<string[]> {
  const ours = await measureOurs(calls, folder);
  const lines = [`${calls} recorded trunk calls for ${SECONDS} s: ${ours.text}`];
  if (!Janus.installed) return [...lines, 'Janus is not installed: nothing to compare with'];
  const theirs = await measureJanus(calls, folder);
  const ratio = (ours.perCall / theirs.perCall).toFixed(2);
  return [...lines, `the same through Janus: ${theirs.text}`, `ours / Janus’s: ${ratio}`];
}

interface Cost {
  /** ms of CPU per second of one call. */
  perCall: number;
  text: string;
}

async function measureOurs(calls: number, folder: string): Promise<Cost> {
  const media = await startMedia({ udpPort: 0, logLevel: 'error' });
  const talkers = new Talkers();
  try {
    pin(media.pid);
    const made: Call[] = [];
    for (let n = 0; n < calls; n++) {
      const room = `R${n}`;
      const call: Call = [await talkers.add(), await talkers.add()];
      for (const [end, talker] of call.entries()) {
        const leg = `${room}-${end}`;
        const { port } = await media.ask('leg.rtp', { leg });
        await media.ask('leg.flow', { leg, flow: flowTo(talker.port) });
        await media.ask('room.join', { room, leg, mix: MIX });
        talker.talk(port, HZ[end]!);
      }
      made.push(call);
      const path = join(folder, `spool${n}`);
      const tap = { room, left: `${room}-0`, path, minFreeBytes: 0 };
      await media.ask('record.start', { recording: `T${n}`, ...tap });
    }
    await everybodyHears(made);
    await pause(SETTLE_MS);
    const before = await media.ask('stats', {});
    const cost = await measure(media.pid, made);
    const { tick, concealedFrames } = await media.ask('stats', {});
    const concealed = concealedFrames - before.concealedFrames;
    const more = `tick p99 ${tick.p99} ms late, ${concealed} frames concealed`;
    return { ...cost, text: `${cost.text}, ${more}` };
  } finally {
    talkers.close();
    await media.close();
  }
}

async function measureJanus(calls: number, folder: string): Promise<Cost> {
  const janus = await Janus.start(folder);
  const talkers = new Talkers();
  try {
    pin(janus.pid);
    const made: Call[] = [];
    for (let n = 0; n < calls; n++) {
      const call: Call = [await talkers.add(), await talkers.add()];
      const ports = await janus.call(join(folder, `janus${n}.wav`), [call[0].port, call[1].port]);
      for (const [end, talker] of call.entries()) talker.talk(ports[end]!, HZ[end]!);
      made.push(call);
    }
    await everybodyHears(made);
    await pause(SETTLE_MS);
    return await measure(janus.pid, made);
  } finally {
    talkers.close();
    await janus.close();
  }
}

async function measure(pid: number, calls: readonly Call[]): Promise<Cost> {
  const ends = calls.flat();
  const received = (): number => ends.reduce((sum, one) => sum + one.received, 0);
  const [cpu, packets, began] = [cpuMs(pid), received(), performance.now()];
  await pause(SECONDS * 1000);
  const seconds = (performance.now() - began) / 1000;
  const perCall = (cpuMs(pid) - cpu) / seconds / calls.length;
  const arrived = (100 * (received() - packets)) / (seconds * 50 * ends.length);
  await everybodyHears(calls);
  const text = `${perCall.toFixed(2)} ms of CPU per call-second, ${arrived.toFixed(1)} % of the packets came`;
  return { perCall, text };
}

/** Waits until each end hears the other one; a machine that is busy may swallow 200 ms. */
async function everybodyHears(calls: readonly Call[]): Promise<void> {
  const until = performance.now() + HEAR_WITHIN_MS;
  for (;;) {
    const deaf = calls.filter((call) => !hearEachOther(call)).length;
    if (deaf === 0) return;
    if (performance.now() > until) throw new Error(`nobody is heard in ${deaf} of ${calls.length}`);
    await pause(100);
  }
}

function hearEachOther([one, other]: Call): boolean {
  return one.share(HZ[1]) > 0.9 && other.share(HZ[0]) > 0.9;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The measured process, with all its threads, on the last core; we stay out of its way. */
function pin(pid: number): void {
  const last = cpus().length - 1;
  if (last === 0) return;
  execFileSync('taskset', ['-acp', `${last}`, `${pid}`], { stdio: 'ignore' });
  execFileSync('taskset', ['-acp', `0-${last - 1}`, `${process.pid}`], { stdio: 'ignore' });
}

function flowTo(port: number): RtpFlow {
  return {
    remote: { address: '127.0.0.1', port, rtcpPort: port },
    law: 'PCMU',
    payloadType: 0,
    telephoneEvent: 101,
    comfortNoise: null,
    sends: true,
    receives: true,
    srtp: null,
  };
}
