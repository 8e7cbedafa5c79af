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
  const talkers = await Talkers.open();
  try {
    pin(media.pid);
    const flow = plainFlow(talkers.port);
    const made: Call[] = [];
    for (let n = 0; n < calls; n++) {
      const callIn = async (leg: string, hz: number): Promise<Talker> => {
        const { port } = await media.ask('leg.rtp', { leg });
        const talker = talkers.add(port, hz);
        await media.ask('leg.flow', { leg, flow });
        await media.ask('room.join', { room: `R${n}`, leg, mix: MIX });
        return talker;
      };
      made.push([await callIn(`A${n}`, HZ[0]), await callIn(`B${n}`, HZ[1])]);
      const spool = { path: join(folder, `spool${n}`), minFreeBytes: 0 };
      await media.ask('record.start', {
        recording: `T${n}`,
        room: `R${n}`,
        left: `A${n}`,
        ...spool,
      });
    }
    await conversation(made);
    const before = await media.ask('stats', {});
    const cost = await measure(media.pid, made);
    const { tick, concealedFrames } = await media.ask('stats', {});
    const concealed = concealedFrames - before.concealedFrames;
    return {
      ...cost,
      text: `${cost.text}, tick p99 ${tick.p99} ms late, ${concealed} frames concealed`,
    };
  } finally {
    talkers.close();
    await media.close();
  }
}

async function measureJanus(calls: number, folder: string): Promise<Cost> {
  const janus = await Janus.start(folder);
  const talkers = await Talkers.open();
  try {
    pin(janus.pid);
    const made: Call[] = [];
    for (let n = 0; n < calls; n++) {
      const [one, other] = await janus.call(join(folder, `janus${n}.wav`), talkers.port);
      made.push([talkers.add(one, HZ[0]), talkers.add(other, HZ[1])]);
    }
    await conversation(made);
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
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  const seconds = (performance.now() - began) / 1000;
  const perCall = (cpuMs(pid) - cpu) / seconds / calls.length;
  const arrived = (100 * (received() - packets)) / (seconds * 50 * ends.length);
  mustHear(calls);
  const text = `${perCall.toFixed(2)} ms of CPU per call-second, ${arrived.toFixed(1)} % of the packets came`;
  return { perCall, text };
}

/** Waits until everybody hears the other one, and then some. */
async function conversation(calls: readonly Call[]): Promise<void> {
  const until = performance.now() + HEAR_WITHIN_MS;
  while (!calls.every(hearEachOther)) {
    if (performance.now() > until) mustHear(calls);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

function mustHear(calls: readonly Call[]): void {
  const deaf = calls.filter((call) => !hearEachOther(call)).length;
  if (deaf > 0) throw new Error(`in ${deaf} of ${calls.length} calls the other one is not heard`);
}

function hearEachOther([one, other]: Call): boolean {
  return one.share(HZ[1]) > 0.9 && other.share(HZ[0]) > 0.9;
}

/** The measured process, with all its threads, on the last core; we stay out of its way. */
function pin(pid: number): void {
  const last = cpus().length - 1;
  if (last === 0) return;
  execFileSync('taskset', ['-acp', `${last}`, `${pid}`], { stdio: 'ignore' });
  execFileSync('taskset', ['-acp', `0-${last - 1}`, `${process.pid}`], { stdio: 'ignore' });
}

function plainFlow(port: number): RtpFlow {
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
