import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { startMedia } from '../engine/src/media/client.ts';
import type { RtpFlow } from '../engine/src/media/protocol.ts';
import { cpuMs } from './cpu.ts';
import { Janus } from './janus.ts';
import { RobotMedia } from '../test/support/robot-media.ts';
import { endOf, Talkers, type End } from './talkers.ts';

const SECONDS = 20;
/** Buffers find their depth. */
const SETTLE_MS = 5000;
const HEAR_WITHIN_MS = 15_000;
const HZ = [440, 1000] as const;
const MIX = { muted: false, held: false, coaches: null };

/** Who is at the first end; at the other one it is a telephone. */
type First = 'browser' | 'telephone';
type Call = readonly [End, End];

/**
 * What `calls` recorded calls cost while they run: a browser or a telephone with a telephone (G.711,
 * plain RTP), each pair in a room of its own, one process on one core. And the same calls through
 * Janus's AudioBridge, where it is installed. Every call is listened to: each end hears the other's
 * tone.
 */
export async function* measureTrunkMedia(calls: number, folder: string): AsyncGenerator<string> {
  if (!Janus.installed) yield 'Janus is not installed: nothing to compare with';
  for (const first of ['telephone', 'browser'] as const) {
    const ours = await measureOurs(calls, first, folder);
    yield `${calls} recorded calls, ${first} and telephone, for ${SECONDS} s: ${ours.text}`;
    if (!Janus.installed) continue;
    const theirs = await measureJanus(calls, first, folder);
    yield `  through Janus: ${theirs.text}`;
    yield `  ours / Janus’s: ${(ours.perCall / theirs.perCall).toFixed(2)}`;
  }
}

interface Cost {
  /** ms of CPU per second of one call. */
  perCall: number;
  text: string;
}

async function measureOurs(calls: number, first: First, folder: string): Promise<Cost> {
  const media = await startMedia({ udpPort: 0, logLevel: 'error' });
  const ends = new Ends();
  try {
    pin(media.pid);
    const made: Call[] = [];
    for (let n = 0; n < calls; n++) {
      const room = `R${n}`;
      const seat = (leg: string): Promise<null> => media.ask('room.join', { room, leg, mix: MIX });
      const telephone = async (leg: string, port: number): Promise<number> => {
        const made = await media.ask('leg.rtp', { leg });
        await media.ask('leg.flow', { leg, flow: flowTo(port) });
        await seat(leg);
        return made.port;
      };
      const browser = async (sdp: string): Promise<string> => {
        const answer = await media.ask('leg.acceptOffer', { leg: `${room}-1`, sdp });
        await seat(`${room}-1`);
        return answer.sdp;
      };
      made.push([
        first === 'browser'
          ? await ends.browser(browser)
          : await ends.telephone(HZ[0], (port) => telephone(`${room}-1`, port)),
        await ends.telephone(HZ[1], (port) => telephone(`${room}-2`, port)),
      ]);
      const path = join(folder, `spool-${first}-${n}`);
      const tap = { room, left: `${room}-1`, path, minFreeBytes: 0 };
      await media.ask('record.start', { recording: room, ...tap });
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
    ends.close();
    await media.close();
  }
}

async function measureJanus(calls: number, first: First, folder: string): Promise<Cost> {
  const janus = await Janus.start(join(folder, `janus-${first}`));
  const ends = new Ends();
  try {
    pin(janus.pid);
    const made: Call[] = [];
    for (let n = 0; n < calls; n++) {
      const room = await janus.room(join(folder, `janus-${first}-${n}.wav`));
      const telephone = (port: number): Promise<number> => janus.telephone(room, port);
      made.push([
        first === 'browser'
          ? await ends.browser((offer) => janus.browser(room, offer))
          : await ends.telephone(HZ[0], telephone),
        await ends.telephone(HZ[1], telephone),
      ]);
    }
    await everybodyHears(made);
    await pause(SETTLE_MS);
    return await measure(janus.pid, made);
  } finally {
    ends.close();
    await janus.close();
  }
}

/** Both kinds of ends, and their end. */
class Ends {
  readonly #talkers = new Talkers();
  readonly #browsers: RobotMedia[] = [];

  /** `connect` gets where it listens, and says where it is to send to. */
  async telephone(hz: number, connect: (port: number) => Promise<number>): Promise<End> {
    const talker = await this.#talkers.add();
    talker.talk(await connect(talker.port), hz);
    return talker;
  }

  /** `connect` gets an offer and gives the answer. */
  async browser(connect: (offer: string) => Promise<string>): Promise<End> {
    const robot = new RobotMedia(`browser ${this.#browsers.length}`);
    this.#browsers.push(robot);
    robot.sendTone(HZ[0]);
    robot.accept(await connect(await robot.offer()));
    return endOf(robot);
  }

  close(): void {
    this.#talkers.close();
    for (const browser of this.#browsers) browser.close();
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
