import type { PhoneToken } from '@offhook/contract';
import { NO_LEVELS } from './levels.ts';
import type { Levels } from './levels.ts';
import { loudness } from './loudness.ts';
import { Microphone } from './microphone.ts';
import { problemOf } from './problem.ts';
import type { PhoneProblem } from './problem.ts';
import { NO_NOTICES, SoundWatch } from './sound-watch.ts';
import type { SoundNotices } from './sound-watch.ts';
import { Store } from './store.ts';
import type { Watchable } from './store.ts';
import type { LegListener, VoiceLeg } from './voice-leg.ts';
import { VoiceLine } from './voice-line.ts';
import type { IncomingLeg } from './voice-line.ts';

/**
 *   off ──► starting ──► waiting ──► ringing ──► talking
 *                           ▲           │           │
 *                           └───────────┴───────────┘
 *
 * How a call went is told on the waiting screen by `last`.
 */
export interface CustomerPhoneState {
  stage: 'off' | 'starting' | 'waiting' | 'ringing' | 'talking';
  /** Who calls, as the carrier shows it. */
  caller: string;
  /** Milliseconds since the epoch, by this browser's clock; null until answered. */
  answeredAt: number | null;
  /** The line is on the air: it can be rung. */
  reachable: boolean;
  reconnecting: boolean;
  muted: boolean;
  notices: SoundNotices;
  last: { how: 'missed' | 'declined' | 'hung_up' | 'caller_hung_up'; talkMs: number } | null;
  problem: PhoneProblem | null;
}

export interface CustomerPhoneOptions {
  /** host:port of the signalling, null for the SDK's own. */
  signalHost: string | null;
  fetchToken: () => Promise<PhoneToken>;
}

const OFF: CustomerPhoneState = {
  stage: 'off',
  caller: '',
  answeredAt: null,
  reachable: false,
  reconnecting: false,
  muted: false,
  notices: NO_NOTICES,
  last: null,
  problem: null,
};

/** A customer's mobile, played by a person. */
export class CustomerPhone {
  readonly #state = new Store<CustomerPhoneState>(OFF);
  readonly #levels = new Store<Levels>(NO_LEVELS);
  readonly #microphone = new Microphone();
  readonly #line: VoiceLine;
  #leg: VoiceLeg | null = null;
  /** How this side ended the call; null: the other side did. */
  #own: 'declined' | 'hung_up' | null = null;

  constructor({ signalHost, fetchToken }: CustomerPhoneOptions) {
    this.#line = new VoiceLine({
      signalHost,
      fetchToken,
      getUserMedia: (constraints) => this.#microphone.take(constraints),
      onIncoming: (incoming) => {
        this.#ring(incoming);
      },
      onRegistered: (reachable) => {
        this.#set({ reachable });
      },
      onProblem: (problem) => {
        this.#set({ problem });
      },
    });
  }

  get state(): Watchable<CustomerPhoneState> {
    return this.#state;
  }

  get levels(): Watchable<Levels> {
    return this.#levels;
  }

  /** From a click only: browsers let a page make sound after that. */
  async switchOn(): Promise<void> {
    if (this.#now.stage !== 'off') return;
    this.#set({ stage: 'starting', problem: null });
    try {
      // Asked now, so that answering is one click and nobody waits for a permission.
      await this.#microphone.open();
      this.#microphone.release();
      await this.#line.register();
      this.#set({ stage: 'waiting' });
    } catch (error) {
      this.#set({ stage: 'off', problem: problemOf(error) });
    }
  }

  answer(): void {
    this.#leg?.accept();
  }

  decline(): void {
    this.#own = 'declined';
    this.#leg?.reject();
  }

  hangUp(): void {
    this.#own = 'hung_up';
    this.#leg?.disconnect();
  }

  setMuted(muted: boolean): void {
    this.#leg?.mute(muted);
    this.#set({ muted });
  }

  /** 0–9, * and #. */
  sendDigits(digits: string): void {
    const pressed = digits.replace(/[^0-9*#]/g, '');
    if (pressed !== '') this.#leg?.sendDigits(pressed);
  }

  close(): void {
    this.#line.close();
    this.#microphone.close();
  }

  get #now(): CustomerPhoneState {
    return this.#state.getSnapshot();
  }

  #set(change: Partial<CustomerPhoneState>): void {
    this.#state.update((now) => ({ ...now, ...change }));
  }

  #ring({ leg, listen }: IncomingLeg): void {
    // One call at a time, as on a mobile without call waiting.
    if (this.#leg !== null) {
      leg.reject();
      return;
    }
    this.#leg = leg;
    this.#own = null;
    this.#set({ stage: 'ringing', caller: leg.from, last: null, problem: null });
    listen(this.#listener());
  }

  #listener(): LegListener {
    const watch = new SoundWatch();
    return {
      open: () => {
        this.#set({ stage: 'talking', answeredAt: Date.now() });
      },
      heard: (farSide) => {
        const { muted, notices: before } = this.#now;
        const microphone = this.#microphone.rms();
        const sent = muted ? 0 : loudness(microphone);
        this.#levels.set({ microphone: sent, farSide: loudness(farSide) });
        const at = performance.now();
        const notices = watch.observe({ at, microphone, farSide, muted, connected: true });
        if (notices !== before) this.#set({ notices });
      },
      reconnecting: () => {
        this.#set({ reconnecting: true });
      },
      reconnected: () => {
        this.#set({ reconnecting: false });
      },
      closed: (problem) => {
        this.#over(problem);
      },
    };
  }

  #over(problem: PhoneProblem | null): void {
    const { answeredAt } = this.#now;
    this.#leg = null;
    this.#microphone.release();
    this.#levels.set(NO_LEVELS);
    const talkMs = answeredAt === null ? 0 : Date.now() - answeredAt;
    const how = this.#own ?? (answeredAt === null ? 'missed' : 'caller_hung_up');
    const quiet = { muted: false, reconnecting: false, notices: NO_NOTICES, answeredAt: null };
    this.#set({ ...quiet, stage: 'waiting', problem, last: { how, talkMs } });
  }
}
