import { Attempt, type AttemptListener, type SipParts } from '../leg/sip/attempt.ts';
import { overTrunk } from '../leg/sip/trunk-way.ts';
import type { LegNews } from '../media-link.ts';
import type { Hop } from '../sip/message/message.ts';
import type { UserAgent } from '../sip/user-agent/calls.ts';
import { unreachableProblem, type CallFailure } from './failure.ts';
import { patientPing } from './reach.ts';
import type { Route } from './route.ts';
import type { TrunkProblem } from './trunk-record.ts';

/** A call that tries out a trunk, as people watch it. All times are milliseconds of Date.now(). */
export interface TestCall {
  id: string;
  /** E.164. */
  to: string;
  state: 'running' | 'passed' | 'failed';
  /** What happened so far, in order. */
  steps: TestStep[];
  /** Null unless it failed. */
  problem: TrunkProblem | null;
  startedAt: number;
  endedAt: number | null;
}

export interface TestStep {
  at: number;
  code: 'lookup' | 'reach' | 'invite' | 'ringing' | 'answered' | 'audio_out' | 'audio_in' | 'done';
  /** One sentence for people. */
  text: string;
  ok: boolean;
}

export interface TestCallParts extends SipParts {
  /** What who picks up hears: a WAV file. The sound both ways is judged when it is over. */
  message: string;
  times: TestCallTimes;
}

export interface TestCallTimes {
  /** How long OPTIONS may take, and how long it may ring. */
  patienceMs: number;
  ringMs: number;
}

/**
 * One test call: the name, OPTIONS, INVITE, a message to who picks up, sound both ways. Its steps
 * grow while it runs; `over` settles when nothing changes any more, and never rejects.
 */
export class TestCallRun implements AttemptListener {
  readonly view: TestCall;
  readonly over: Promise<void>;
  readonly #route: Route;
  readonly #parts: TestCallParts;
  #attempt: Attempt | null = null;
  #deaf: (() => void) | null = null;
  #ringTimer: NodeJS.Timeout | null = null;
  #settle: () => void = () => undefined;

  constructor(id: string, to: string, route: Route, parts: TestCallParts) {
    const startedAt = Date.now();
    this.view = { id, to, state: 'running', steps: [], problem: null, startedAt, endedAt: null };
    this.#route = route;
    this.#parts = parts;
    this.over = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  start(): void {
    this.#run().catch((error: unknown) => {
      this.#parts.log.error({ err: error, test: this.view.id }, 'a test call broke');
      this.#fail('invite', 'refused', `The test call broke: ${(error as Error).message}`);
    });
  }

  /** Hangs up. Harmless twice, and after its end. */
  close(): void {
    this.#fail('done', 'refused', 'The test call was stopped: the engine is stopping.');
  }

  ringing(): void {
    this.#invited();
    if (!this.#had('ringing')) this.#step('ringing', `${this.view.to} rings.`);
  }

  /** What comes before the answer says nothing about the sound of a call. */
  early(): void {
    this.#invited();
  }

  answered(attempt: Attempt): void {
    if (this.#ringTimer) clearTimeout(this.#ringTimer);
    this.#invited();
    this.#step('answered', `${this.view.to} answered.`);
    const { leg } = attempt.sound;
    const { media, message } = this.#parts;
    const deaf = media.onLeg(leg, (news) => this.#hear(news));
    const unwatched = media.onDeath(() =>
      this.#fail('audio_out', 'no_audio', 'The process that carries our sound died. Try again.'),
    );
    this.#deaf = () => {
      deaf();
      unwatched();
    };
    const sound = { kind: 'file', path: message, loop: 1 } as const;
    media.ask('leg.play', { leg, play: this.view.id, sound }).catch((error: unknown) => {
      this.#fail('audio_out', 'no_audio', `Our message cannot be played: ${String(error)}`);
    });
  }

  silent(): void {
    // What came in is counted when our message is over.
  }

  failed(_attempt: Attempt, failure: CallFailure): void {
    const { code, text, sipStatus } = failure.problem ?? notTheTrunk(failure);
    this.#fail('invite', code, text, sipStatus);
  }

  ended(_attempt: Attempt, problem: string | null): void {
    if (problem !== null)
      return this.#fail('audio_in', 'no_audio', `The call was lost: ${problem}`);
    const text =
      'The other side hung up before the message was over, so the sound could not be checked. Let it run to its end.';
    this.#fail('audio_out', 'refused', text);
  }

  async #run(): Promise<void> {
    const { trunk } = this.#route;
    let agent: UserAgent;
    let hops: readonly Hop[];
    try {
      agent = await this.#parts.sip.ready();
    } catch (error) {
      return this.#fail('lookup', 'unreachable', (error as Error).message);
    }
    try {
      hops = await this.#route.hops();
    } catch (error) {
      return this.#fail('lookup', 'name_unknown', (error as Error).message);
    }
    this.#step('lookup', `${trunk.host} is ${hops.map(placeOf).join(', ')}.`);
    const ping = await patientPing(agent, trunk, hops, this.#parts.times.patienceMs);
    if (this.view.state !== 'running') return;
    if (ping.ok) {
      this.#step('reach', `It answers OPTIONS with ${ping.status} after ${Math.ceil(ping.ms)} ms.`);
    } else if (ping.cause === 'timeout') {
      // Some carriers answer no OPTIONS of anybody, and take calls all the same.
      this.#step('reach', `${ping.text}. Trying the call all the same.`, false);
    } else {
      const { code, text } = unreachableProblem(ping);
      return this.#fail('reach', code, text);
    }
    this.#invite();
  }

  #invite(): void {
    const { ringMs } = this.#parts.times;
    this.#ringTimer = setTimeout(() => {
      const text = `Nobody picked up within ${ringMs / 1000} s. Call a number that somebody answers.`;
      this.#fail('answered', 'no_answer', text);
    }, ringMs);
    this.#attempt = new Attempt(overTrunk(this.#route), this.view.id, this.#parts, this);
    this.#attempt.start({ isLast: true });
  }

  #hear(news: LegNews): void {
    if (news.event === 'play.ended' && news.data.play === this.view.id) {
      this.#judge(news.data.leg).catch((error: unknown) => {
        this.#fail('audio_in', 'no_audio', `The sound cannot be judged: ${String(error)}`);
      });
    }
  }

  /** The message is over: what went out by now, and what came? */
  async #judge(leg: string): Promise<void> {
    const stats = await this.#parts.media.ask('leg.rtpStats', { leg });
    if (this.view.state !== 'running') return;
    const { packetsSent, packetsReceived, heardSound, theirLost } = stats;
    if (packetsSent === 0) {
      const text = 'No sound went out: the trunk’s answer says that it does not want any.';
      return this.#fail('audio_out', 'no_audio', text);
    }
    const lost = theirLost === null ? '' : ` The trunk says that it missed ${theirLost} of them.`;
    this.#step('audio_out', `${packetsSent} packets of sound went out.${lost}`);
    if (packetsReceived === 0) {
      const text =
        'No sound came in. Open the UDP ports of SIP_RTP_PORTS in the firewall, and behind NAT set SIP_PUBLIC_ADDRESS.';
      return this.#fail('audio_in', 'no_audio', text);
    }
    const what = heardSound ? 'with sound in them' : 'all of them silence';
    this.#step('audio_in', `${packetsReceived} packets came in, ${what}.`);
    this.#step('done', 'The trunk works: calls go out, and sound flows both ways.');
    this.#end('passed');
  }

  #invited(): void {
    if (!this.#had('invite')) this.#step('invite', 'The trunk takes the call.');
  }

  #had(code: TestStep['code']): boolean {
    return this.view.steps.some((step) => step.code === code);
  }

  #step(code: TestStep['code'], text: string, ok = true): void {
    if (this.view.state === 'running') this.view.steps.push({ at: Date.now(), code, text, ok });
  }

  #fail(
    step: TestStep['code'],
    code: TrunkProblem['code'],
    text: string,
    sipStatus: number | null = null,
  ): void {
    if (this.view.state !== 'running') return;
    this.#step(step, text, false);
    this.view.problem = { code, text, sipStatus, at: Date.now() };
    this.#end('failed');
  }

  #end(state: 'passed' | 'failed'): void {
    this.view.state = state;
    this.view.endedAt = Date.now();
    if (this.#ringTimer) clearTimeout(this.#ringTimer);
    this.#deaf?.();
    this.#attempt?.close();
    this.#settle();
  }
}

/** The trunk did what it should: it was whom we called. */
function notTheTrunk({
  status,
  sipCode,
  error,
}: CallFailure): Pick<TrunkProblem, 'code' | 'text' | 'sipStatus'> {
  const advice = 'The trunk carried the call so far: call a number that is free and that answers.';
  if (status === 'busy') {
    const text = `The number is busy, or does not want the call (${sipCode}). ${advice}`;
    return { code: 'busy_here', text, sipStatus: sipCode };
  }
  if (status === 'no-answer') {
    return {
      code: 'no_answer',
      text: `Nobody answers (${sipCode}). ${advice}`,
      sipStatus: sipCode,
    };
  }
  const text = error?.message ?? `The call failed (${sipCode}).`;
  return { code: 'refused', text, sipStatus: sipCode };
}

function placeOf({ address, port, transport }: Hop): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port} (${transport})`;
}
