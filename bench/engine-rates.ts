import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { House } from '../engine/test/support/house.ts';
import { ACCOUNT, type TestCustomer } from '../test/support/boot.ts';
import type { RobotCall } from '../test/support/robot-phone.ts';
import { writeTone } from '../test/support/tones.ts';
import { listen, type Heard } from './ear.ts';
import type { Load, LoadResult } from './engine-caller.ts';
import { latencyLine, percentile } from './figures.ts';

/** 20.2 turns in a frame: a frame that is missing is heard. */
const TONE_HZ = 1010;
const TALKER = '+447700900001';
const CALLED = '+447700900002';
const STEP_SECONDS = 5;
const OVERLOAD_SECONDS = 10;
/** What was too much is forgotten before the next rate is tried. */
const REST_MS = 3_000;
/** A rate is sustained when nothing is refused and an application is asked this soon. */
const SUSTAINED_P95_MS = 250;
const FIRST_RATE = 20;
const MOST_RATE = 2_000;

/** The engine alone, an application beside it, and a conversation that goes on throughout. */
interface Bench {
  caller: ChildProcess;
  talk: RobotCall;
  load: Omit<Load, 'perSecond' | 'seconds'>;
}

/**
 * Calls set up and torn down per second over REST, with TwiML from a local application; and what
 * happens at twice the rate that the engine sustains.
 */
export async function measureRates(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-rates-'));
  const closers: (() => Promise<unknown> | void)[] = [];
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  try {
    const bench = await open(folder, closers);
    const { rate, result } = await sustainable(bench);
    const ear = listen(bench.talk.media, TONE_HZ);
    const over = await place(bench, 2 * rate, OVERLOAD_SECONDS);
    return [
      `${rate} calls a second set up and torn down, sustained`,
      latencyLine('POST Calls → first TwiML request', result.firstTwiml),
      ...overloadLines(2 * rate, over),
      talkLine(ear.stop()),
    ];
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function open(folder: string, closers: (() => Promise<unknown> | void)[]): Promise<Bench> {
  const caller = fork(fileURLToPath(new URL('engine-caller.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  });
  closers.push(() => caller.disconnect());
  const [{ port }] = (await once(caller, 'message')) as [{ port: number }];
  const house = await House.open({
    ENGINE_VOICE_URL: `http://127.0.0.1:${port}/voice`,
    ENGINE_DEMO_CUSTOMERS: writeCustomers(folder),
  });
  closers.push(() => house.close());
  const robot = await house.robot('listener');
  const talk = await robot.call();
  await talk.media.hearing(TONE_HZ);
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token, TWILIO_CALLER_ID: from } = ACCOUNT;
  const calls = `${house.url}/2010-04-01/Accounts/${sid}/Calls.json`;
  const load = { calls, credentials: `${sid}:${token}`, to: CALLED, from };
  return { caller, talk, load };
}

/** One who says a tone for as long as all this may take, and one who answers at once. */
function writeCustomers(folder: string): string {
  writeTone(join(folder, 'tone.wav'), { hz: TONE_HZ, seconds: 300 });
  const phone = { ringMs: 0, then: 'answer' } as const;
  const customers: TestCustomer[] = [
    { ...phone, number: TALKER, name: 'Talker', steps: [{ do: 'play', file: 'tone.wav' }] },
    { ...phone, number: CALLED, name: 'Called', steps: [{ do: 'silence', ms: 60_000 }] },
  ];
  const path = join(folder, 'customers.json');
  writeFileSync(path, JSON.stringify({ customers }));
  return path;
}

async function place(
  { caller, load }: Bench,
  perSecond: number,
  seconds: number,
): Promise<LoadResult> {
  const result = once(caller, 'message') as Promise<[LoadResult]>;
  caller.send({ ...load, perSecond, seconds } satisfies Load);
  const [all] = await result;
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  if (all.odd[0] !== undefined) {
    throw new Error(`${all.odd.length} answers are no refusal: ${all.odd[0]}`);
  }
  return all;
}

/** Doubles the rate until the engine does not keep up, then looks in between. */
async function sustainable(bench: Bench): Promise<{ rate: number; result: LoadResult }> {
  const sustains = ({ offered, refusals, completed, firstTwiml }: LoadResult) =>
    refusals.length === 0 &&
    completed === offered &&
    percentile(firstTwiml, 0.95) < SUSTAINED_P95_MS;
  let best: { rate: number; result: LoadResult } | null = null;
  let tooMuch: number | null = null;
  for (let rate = FIRST_RATE; rate <= MOST_RATE;) {
    let result = await place(bench, rate, STEP_SECONDS);
    // The machine may have had something else to do: what is too much is too much twice.
    if (!sustains(result)) result = await place(bench, rate, STEP_SECONDS);
    if (sustains(result)) best = { rate, result };
    else tooMuch = rate;
    const low = best?.rate ?? 0;
    rate = tooMuch === null ? rate * 2 : Math.round((low + tooMuch) / 2);
    if (tooMuch !== null && tooMuch - low <= tooMuch / 8) break;
  }
  if (best === null) throw new Error(`not even ${FIRST_RATE} calls a second are sustained`);
  return best;
}

function overloadLines(rate: number, result: LoadResult): string[] {
  const { offered, refusals, firstTwiml, completed } = result;
  const share = ((100 * refusals.length) / offered).toFixed(0);
  return [
    `at ${rate} a second for ${OVERLOAD_SECONDS} s: ${refusals.length} of ${offered} refused (${share} %), ${completed} set up and torn down`,
    ...(refusals.length === 0 ? [] : [latencyLine('POST Calls → its refusal', refusals)]),
    latencyLine('of the others: POST → first TwiML', firstTwiml),
  ];
}

function talkLine({ seconds, missingMs, longestGapMs, impure }: Heard): string {
  return [
    `meanwhile a conversation of ${seconds.toFixed(0)} s: ${Math.max(0, missingMs).toFixed(0)} ms missing`,
    `${impure} breaks in the tone`,
    `longest wait for a packet ${longestGapMs.toFixed(0)} ms`,
  ].join(', ');
}
