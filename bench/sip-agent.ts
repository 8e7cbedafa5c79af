/**
 * Our user agent alone in a process, so that its CPU time is its own: answers what comes in, and
 * makes calls when it is told to. Sound is left out: this is about signalling.
 */
import { pino } from 'pino';
import type { Hop, SipUri } from '../engine/src/sip/message/message.ts';
import type { IncomingCall } from '../engine/src/sip/user-agent/calls.ts';
import { createUserAgent } from '../engine/src/sip/user-agent/user-agent.ts';

export interface SipLoad {
  port: number;
  calls: number;
  perSecond: number;
}

/** Since the process began. */
export interface SipTaken {
  cpuMs: number;
  /** Calls whose answer was not acknowledged. */
  lost: number;
}

export interface SipLoadResult {
  answered: number;
  failed: number;
  cpuMs: number;
  ms: number;
}

const log = pino({ level: 'error' }, pino.destination(2));
const agent = await createUserAgent({
  ...{ host: '127.0.0.1', port: 0, tls: null, publicAddress: null, name: 'bench', log },
  limits: { calls: 100_000 },
});
agent.listener = { admits: () => true, foreign: () => false, invited: answer };
let lost = 0;
process.on('message', (load: SipLoad | 'taken') => {
  if (load === 'taken') process.send?.({ cpuMs: cpuMs(), lost } satisfies SipTaken);
  else void place(load).then((result) => process.send?.(result));
});
process.on('disconnect', () => void agent.close().then(() => process.exit(0)));
process.send?.({ port: agent.udpPort });

const SILENT = {
  ...{ open: nothing, gone: nothing, answeredAgain: nothing, info: nothing, ended: nothing },
  offered: () => sdp(),
};

function answer(call: IncomingCall): void {
  call.listener = { ...SILENT, cancelled: nothing };
  call.ring();
  call.answer(sdp()).catch(() => {
    lost += 1;
  });
}

/** So many calls at an even pace, each hung up as soon as it is answered. */
async function place({ port, calls, perSecond }: SipLoad): Promise<SipLoadResult> {
  const [before, startedAt] = [cpuMs(), performance.now()];
  const all: Promise<boolean>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(calls, Math.floor(((performance.now() - startedAt) * perSecond) / 1000));
      while (all.length < due) all.push(one(port));
      if (all.length < calls) return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
  const answered = (await Promise.all(all)).filter(Boolean).length;
  const ms = performance.now() - startedAt;
  return { answered, failed: calls - answered, cpuMs: cpuMs() - before, ms };
}

function one(port: number): Promise<boolean> {
  const uri = (user: string, at: number): SipUri => ({
    ...{ scheme: 'sip', user, host: '127.0.0.1', port: at, parameters: new Map() },
  });
  const hop: Hop = { transport: 'udp', address: '127.0.0.1', port, serverName: null };
  const address = (at: SipUri) => ({ display: null, uri: at, parameters: new Map() });
  return new Promise((resolve) => {
    const call = agent.invite(
      {
        uri: uri('+442071838750', port),
        hops: [hop],
        from: address(uri('+442071838751', agent.udpPort)),
        to: address(uri('+442071838750', port)),
        ...{ routes: [], credentials: null, headers: [], offer: sdp(), sessionSeconds: null },
      },
      {
        ...SILENT,
        progress: nothing,
        answered: () => {
          call.hangUp();
          resolve(true);
        },
        failed: () => resolve(false),
      },
    );
  });
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function sdp(): string {
  const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
  return [...lines, 'm=audio 4000 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000', ''].join('\r\n');
}

function nothing(): void {
  // Signalling is all that is measured.
}
