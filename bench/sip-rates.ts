import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../test/support/debian.ts';
import { freePort } from '../test/support/free-port.ts';
import type { SipLoad, SipLoadResult, SipTaken } from './sip-agent.ts';

const RATES = [500, 1_000, 1_500, 2_000, 3_000] as const;
const SECONDS = 5;
/** A rate is sustained when every call was made, and the last one this soon after it was due. */
const LATE_MS = 1_000;

interface Step {
  perSecond: number;
  cpuPerCallMs: number;
}

/**
 * Calls a second that one process of ours takes in and makes (INVITE, 180, 200, ACK, BYE, 200),
 * against Debian's sipp, and their CPU time.
 */
export async function measureSipRates(): Promise<string[]> {
  if (findProgram('sipp') === null) return ['SIP calls a second: left out, there is no sipp'];
  const agent = fork(fileURLToPath(new URL('sip-agent.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  });
  try {
    const [{ port }] = (await once(agent, 'message')) as [{ port: number }];
    return [
      lineOf('in', await highest((perSecond) => takeIn(agent, port, perSecond))),
      lineOf('out', await highest((perSecond) => make(agent, perSecond))),
    ];
  } finally {
    agent.disconnect();
    await once(agent, 'exit');
  }
}

/** The last rate that was sustained. */
async function highest(tryOne: (perSecond: number) => Promise<Step | null>): Promise<Step | null> {
  let best: Step | null = null;
  for (const perSecond of RATES) {
    const step = await tryOne(perSecond);
    if (step === null) return best;
    best = step;
  }
  return best;
}

function lineOf(way: string, step: Step | null): string {
  if (step === null) return `SIP calls ${way}: not even ${RATES[0]} a second are sustained`;
  const top = step.perSecond === RATES[RATES.length - 1] ? ' (the most that is tried)' : '';
  return `SIP calls ${way}: ${step.perSecond} a second sustained${top}, ${step.cpuPerCallMs.toFixed(2)} ms of CPU a call`;
}

async function takeIn(agent: ChildProcess, port: number, perSecond: number): Promise<Step | null> {
  const calls = perSecond * SECONDS;
  const before = await taken(agent);
  const startedAt = performance.now();
  const more = ['-sn', 'uac', '-r', String(perSecond), '-m', String(calls), '-d', '0'];
  const sipp = startSipp([`127.0.0.1:${port}`, ...more], await freePort());
  const [code] = (await once(sipp, 'exit')) as [number | null];
  const late = performance.now() - startedAt - SECONDS * 1000;
  const after = await taken(agent);
  if (code !== 0 || late > LATE_MS || after.lost > before.lost) return null;
  return { perSecond, cpuPerCallMs: (after.cpuMs - before.cpuMs) / calls };
}

async function make(agent: ChildProcess, perSecond: number): Promise<Step | null> {
  const calls = perSecond * SECONDS;
  const port = await freePort();
  const sipp = startSipp(['-sn', 'uas', '-m', String(calls)], port);
  const gone = once(sipp, 'exit');
  const answer = once(agent, 'message') as Promise<[SipLoadResult]>;
  agent.send({ port, calls, perSecond } satisfies SipLoad);
  const [result] = await answer;
  sipp.kill('SIGKILL');
  await gone;
  const late = result.ms - SECONDS * 1000;
  if (result.failed > 0 || late > LATE_MS) return null;
  return { perSecond, cpuPerCallMs: result.cpuMs / calls };
}

function startSipp(more: string[], port: number): ChildProcess {
  const usual = ['-i', '127.0.0.1', '-p', String(port), '-nostdin', '-skip_rlimit'];
  const limits = ['-l', '20000', '-timeout', '30', '-timeout_error', '-max_retrans', '10'];
  return spawn('sipp', [...more, ...usual, ...limits], {
    stdio: 'ignore',
    env: { ...process.env, TERM: 'dumb' },
  });
}

async function taken(agent: ChildProcess): Promise<SipTaken> {
  const answer = once(agent, 'message') as Promise<[SipTaken]>;
  agent.send('taken');
  const [all] = await answer;
  return all;
}
