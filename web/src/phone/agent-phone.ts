import type { Call, LiveCall, PhoneKind, PhoneToken } from '@offhook/contract';
import { NO_LEVELS } from './levels.ts';
import type { Levels } from './levels.ts';
import { loudness } from './loudness.ts';
import { Microphone } from './microphone.ts';
import type { MicrophoneState } from './microphone.ts';
import { QUIET, after, isEnding } from './phone-state.ts';
import type { CurrentCall, PhoneFact, PhoneState } from './phone-state.ts';
import { problemOf } from './problem.ts';
import { ServerClock } from './server-clock.ts';
import { SoundWatch } from './sound-watch.ts';
import { Store } from './store.ts';
import type { Watchable } from './store.ts';
import type { LegListener, VoiceLeg } from './voice-leg.ts';
import { VoiceLine } from './voice-line.ts';

/** What the phone asks of the server. Its errors carry a `code` of the contract, or "network". */
export interface PhoneServer {
  token(): Promise<PhoneToken>;
  /** The same key never dials twice. */
  placeCall(to: string, idempotencyKey: string): Promise<Call>;
  hangUp(callId: string): Promise<Call>;
  /** This person's call that has not ended yet. */
  runningCall(): Promise<Call | null>;
  /** The call as it stands now. */
  call(callId: string): Promise<Call>;
}

export interface AgentPhoneOptions {
  personId: string;
  /** host:port of the signalling, null for the SDK's own. */
  signalHost: string | null;
  server: PhoneServer;
}

/** An end that is not confirmed for this long: our side is cut off from here, and the agent told. */
const END_OVERDUE_MS = 4_000;

/** The phone of the person who is signed in. One per page; it outlives the routes. */
export class AgentPhone {
  readonly clock = new ServerClock();
  readonly #personId: string;
  readonly #server: PhoneServer;
  readonly #state = new Store<PhoneState>(QUIET);
  readonly #levels = new Store<Levels>(NO_LEVELS);
  readonly #microphone = new Microphone();
  readonly #line: VoiceLine;
  #leg: VoiceLeg | null = null;
  #kind: PhoneKind = 'browser';
  #overdue: ReturnType<typeof setTimeout> | null = null;

  constructor({ personId, signalHost, server }: AgentPhoneOptions) {
    this.#personId = personId;
    this.#server = server;
    this.#line = new VoiceLine({
      signalHost,
      fetchToken: () => server.token(),
      getUserMedia: (constraints) => {
        this.#tell({ kind: 'unplugged', unplugged: false });
        return this.#microphone.take(constraints);
      },
      onProblem: (problem) => {
        // Idle, the line mends itself and the next call asks for what it needs.
        const now = this.#current;
        if (now?.here === true && !now.ending) this.#tell({ kind: 'problem', problem });
      },
    });
    this.#microphone.onUnplugged(() => {
      this.#tell({ kind: 'unplugged', unplugged: true });
    });
  }

  get state(): Watchable<PhoneState> {
    return this.#state;
  }

  get levels(): Watchable<Levels> {
    return this.#levels;
  }

  get microphone(): Watchable<MicrophoneState> {
    return this.#microphone.state;
  }

  /** What the next call is made with; one that runs is left alone. */
  callWith(kind: PhoneKind): void {
    this.#kind = kind;
  }

  /** Loads what the first call needs. What fails is tried again, and told, with the call. */
  async prepare(): Promise<void> {
    if (this.#kind === 'browser') await this.#line.prepare().catch(() => undefined);
  }

  /** Settles the permission outside a call. */
  async askForMicrophone(): Promise<void> {
    try {
      await this.#microphone.open();
      if (this.#current === null) this.#microphone.release();
    } catch (error) {
      this.#tell({ kind: 'problem', problem: problemOf(error) });
    }
  }

  async dial(to: string): Promise<void> {
    if (this.#current !== null) return;
    this.#tell({ kind: 'dialled', to, phone: this.#kind });
    try {
      await this.#place(to);
    } catch (error) {
      this.#microphone.release();
      const problem = error instanceof GivenUp ? null : problemOf(error);
      this.#tell({ kind: 'not_placed', problem });
    }
  }

  /** Works in every state and in every tab. */
  async end(): Promise<void> {
    const now = this.#current;
    if (now === null) return;
    this.#tell({ kind: 'end_pressed' });
    const placed = now.stage !== 'microphone' && now.stage !== 'placing';
    if (now.call !== null && placed) await this.#hangUp(now.call.id);
  }

  /** Nothing happens once the call is ending: nobody hears the agent any more. */
  setMuted(muted: boolean): void {
    if (this.#current !== null && isEnding(this.#current)) return;
    this.#leg?.mute(muted);
    this.#tell({ kind: 'muted', muted });
  }

  /** 0–9, * and #; nothing happens while there is no sound. */
  sendDigits(digits: string): void {
    const pressed = digits.replace(/[^0-9*#]/g, '');
    if (pressed !== '') this.#leg?.sendDigits(pressed);
  }

  dismiss(): void {
    this.#tell({ kind: 'dismissed' });
  }

  clearProblem(): void {
    this.#tell({ kind: 'problem', problem: null });
  }

  /** From the live stream. */
  hear({ call, event }: LiveCall): void {
    this.clock.heard(event.at);
    if (call.agent.id === this.#personId) this.#tell({ kind: 'server', call });
  }

  /** Asks the server which call runs: at the start, and whenever the stream may have had a gap. */
  async refresh(): Promise<void> {
    const known = this.#current?.call ?? null;
    const running = await this.#server.runningCall();
    if (known !== null && running?.id !== known.id) {
      this.#tell({ kind: 'server', call: await this.#server.call(known.id) });
    }
    if (running !== null) this.#tell({ kind: 'server', call: running });
    this.#tell({ kind: 'server_answers' });
    // End was pressed while the server could not hear it.
    const now = this.#current;
    if (now?.ending === true && now.call !== null) await this.#hangUp(now.call.id);
  }

  close(): void {
    this.#awaitEnd(false);
    this.#line.close();
    this.#microphone.close();
  }

  get #current(): CurrentCall | null {
    return this.#state.getSnapshot().current;
  }

  #tell(fact: PhoneFact): void {
    const running = this.#current !== null;
    this.#state.update((now) => after(now, fact));
    // The call is over: a leg that has not heard of it, as when the carrier died, must not linger.
    const now = this.#current;
    if (running && now === null) this.#leg?.disconnect();
    this.#awaitEnd(now !== null && isEnding(now));
  }

  #awaitEnd(ending: boolean): void {
    if (!ending) {
      if (this.#overdue !== null) clearTimeout(this.#overdue);
      this.#overdue = null;
    } else if (this.#overdue === null) {
      // What is said after the end is for nobody.
      this.#leg?.mute(true);
      this.#overdue = setTimeout(() => {
        this.#cutOff();
        this.#tell({ kind: 'end_overdue' });
      }, END_OVERDUE_MS);
    }
  }

  /** Ends this browser's side alone, whatever becomes of the call. */
  #cutOff(): void {
    this.#leg?.disconnect();
    this.#microphone.release();
  }

  async #place(to: string): Promise<void> {
    if (this.#kind === 'browser') {
      await this.#microphone.open();
      if (this.#current?.ending !== false) throw new GivenUp();
      this.#tell({ kind: 'microphone_open' });
    }
    const call = await placeOnce(this.#server, to);
    this.#tell({ kind: 'placed', call });
    const now = this.#current;
    if (now?.call?.id !== call.id)
      this.#microphone.release(); // it has ended already
    else if (now.ending) await this.#hangUp(call.id);
    else if (now.here) await this.#join(call.id);
    else this.#microphone.release(); // the agent's SIP phone rings
  }

  async #join(callId: string): Promise<void> {
    try {
      const leg = await this.#line.connect({ call: callId }, this.#listener(callId));
      this.#leg = leg;
      const now = this.#current;
      // While the line was opening the call may have ended, or End been pressed.
      if (now?.call?.id !== callId || isEnding(now)) leg.disconnect();
      else if (now.muted) leg.mute(true);
    } catch (error) {
      this.#tell({ kind: 'problem', problem: problemOf(error) });
      await this.#hangUp(callId);
    }
  }

  async #hangUp(callId: string): Promise<void> {
    try {
      this.#tell({ kind: 'server', call: await this.#server.hangUp(callId) });
    } catch (error) {
      const problem = problemOf(error);
      this.#tell({
        kind: 'problem',
        problem: problem.kind === 'offline' ? { kind: 'hang_up_unheard' } : problem,
      });
    } finally {
      this.#cutOff();
    }
  }

  #listener(callId: string): LegListener {
    const watch = new SoundWatch();
    return {
      open: () => {
        this.#tell({ kind: 'sound', sound: 'open' });
      },
      heard: (rms) => {
        this.#listen(watch, rms);
      },
      reconnecting: () => {
        this.#tell({ kind: 'sound', sound: 'reconnecting' });
      },
      reconnected: () => {
        this.#tell({ kind: 'sound', sound: 'open' });
      },
      closed: (problem) => {
        this.#leg = null;
        this.#microphone.release();
        this.#levels.set(NO_LEVELS);
        this.#tell({ kind: 'sound', sound: 'gone' });
        const now = this.#current;
        if (problem === null || now?.call?.id !== callId || now.ending) return;
        this.#tell({ kind: 'problem', problem });
        // The carrier tells the server; where it cannot, the call must not wait for us.
        void this.#hangUp(callId);
      },
    };
  }

  #listen(watch: SoundWatch, farSide: number): void {
    const now = this.#current;
    if (now === null) return;
    const { muted, stage } = now;
    const microphone = this.#microphone.rms();
    this.#levels.set({ microphone: muted ? 0 : loudness(microphone), farSide: loudness(farSide) });
    const connected = stage === 'connected';
    const notices = watch.observe({ at: performance.now(), microphone, farSide, muted, connected });
    if (notices !== now.notices) this.#tell({ kind: 'notices', notices });
  }
}

/** End was pressed before the server knew of the call. */
class GivenUp extends Error {}

/** An answer that got lost is asked for again under the same key, so nobody is dialled twice. */
async function placeOnce(server: PhoneServer, to: string): Promise<Call> {
  const key = idempotencyKey();
  try {
    return await server.placeCall(to, key);
  } catch (error) {
    if (problemOf(error).kind !== 'offline') throw error;
    return server.placeCall(to, key);
  }
}

/** `crypto.randomUUID` is not there on plain http, `getRandomValues` is. */
function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
