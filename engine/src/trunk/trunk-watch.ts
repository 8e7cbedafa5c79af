import type { Logger } from 'pino';
import type { Hop } from '../sip/message/message.ts';
import type { Registration, RegistrationState, UserAgent } from '../sip/user-agent/calls.ts';
import { AddressSet } from './addresses.ts';
import { readFailure, unreachableProblem, type Unconnected } from './failure.ts';
import { nameAddress, patientPing, trunkUri } from './reach.ts';
import { NOTHING_KNOWN, standing, type Facts } from './standing.ts';
import type { TrunkProblem, TrunkRecord, TrunkState } from './trunk-record.ts';

/** Where a trunk's name leads (RFC 3263). @throws Error with words for people */
export type Resolve = (trunk: TrunkRecord) => Promise<readonly Hop[]>;

export interface WatchParts {
  /** @throws SipClosed */
  userAgent: () => Promise<UserAgent>;
  resolve: Resolve;
  log: Logger;
  /** How long OPTIONS may take before we say that nobody answers. Milliseconds. */
  patienceMs: number;
}

/** Names are looked up again at least this often: it is also whose calls we take. */
const LOOKUP_MS = 60_000;
/** Who is down is asked more often. */
const DOWN_MS = 10_000;

/** Looks after one enabled trunk: its name, OPTIONS, our registration; and knows how it stands. */
export class TrunkWatch {
  readonly record: TrunkRecord;
  readonly #parts: WatchParts;
  #facts: Facts;
  #problem: TrunkProblem | null = null;
  #since = Date.now();
  #addresses = new AddressSet([]);
  #registration: Registration | null = null;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #closed = false;

  constructor(record: TrunkRecord, parts: WatchParts) {
    this.record = record;
    this.#parts = parts;
    this.#facts = { enabled: record.enabled, ...NOTHING_KNOWN };
  }

  /** All but its live calls. */
  get state(): Omit<TrunkState, 'liveCalls'> {
    const { state, registration, pingMs } = standing(this.#facts);
    return { state, registration, pingMs, problem: this.#problem, since: this.#since };
  }

  /** Looks now, and again and again until it is closed. */
  start(): void {
    if (this.record.enabled) void this.look();
  }

  /** The addresses that the trunk's own name has. */
  has(address: string): boolean {
    return this.#addresses.has(address);
  }

  /** How a call over the trunk began; null: it was answered. */
  report(failure: Unconnected | null): void {
    const read = failure === null ? null : readFailure(failure);
    if (read?.status === 'canceled') return;
    this.#learn({ call: read?.next && read.problem ? read.problem : 'reached' });
    // Who keeps asking will know for certain sooner than the next turn.
    if (failure?.kind === 'unreachable' && this.record.keepAliveSeconds !== null) void this.look();
  }

  /** One look: name, registration, OPTIONS. Never rejects; one at a time. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error: unknown) => {
        this.#parts.log.error({ err: error, trunk: this.record.sid }, 'looking at a trunk failed');
      })
      .finally(() => {
        this.#looking = null;
        this.#again();
      });
    return this.#looking;
  }

  /** Takes the registration back. Never rejects; harmless twice. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    const registration = this.#registration;
    this.#registration = null;
    await registration?.close().catch((error: unknown) => {
      this.#parts.log.warn({ err: error, trunk: this.record.sid }, 'a registration stays behind');
    });
  }

  async #look(): Promise<void> {
    let agent: UserAgent;
    try {
      agent = await this.#parts.userAgent();
    } catch (error) {
      const { message } = error as Error;
      return this.#learn({ lookup: problem('unreachable', message), ping: null });
    }
    let hops: readonly Hop[];
    try {
      hops = await this.#parts.resolve(this.record);
    } catch (error) {
      const { message } = error as Error;
      return this.#learn({ lookup: problem('name_unknown', message), ping: null });
    }
    if (this.#closed) return;
    this.#addresses = new AddressSet(hops.map(({ address }) => address));
    this.#learn({ lookup: 'found' });
    this.#register(agent);
    if (this.record.keepAliveSeconds === null) return;
    const ping = await patientPing(agent, this.record, hops, this.#parts.patienceMs);
    this.#learn({ ping: ping.ok ? { ms: Math.round(ping.ms) } : unreachableProblem(ping) });
  }

  #register(agent: UserAgent): void {
    const { registerSeconds, username, password } = this.record;
    if (registerSeconds === null || username === null || this.#registration !== null) return;
    this.#learn({ registration: 'registering' });
    this.#registration = agent.register(
      {
        registrar: trunkUri(this.record, null),
        hops: () => this.#parts.resolve(this.record),
        aor: nameAddress(trunkUri(this.record, username)),
        credentials: { username, password: password ?? '' },
        seconds: registerSeconds,
      },
      (state) => this.#learn({ registration: readRegistration(state) }),
    );
  }

  #again(): void {
    if (this.#closed) return;
    const usual = this.record.keepAliveSeconds === null ? LOOKUP_MS : this.#keepAliveMs();
    const wait = this.state.state === 'down' ? Math.min(usual, DOWN_MS) : usual;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), wait);
  }

  #keepAliveMs(): number {
    return Math.min((this.record.keepAliveSeconds ?? 60) * 1000, LOOKUP_MS);
  }

  #learn(news: Partial<Facts>): void {
    if (this.#closed) return;
    const before = standing(this.#facts);
    this.#facts = { ...this.#facts, ...news };
    const now = standing(this.#facts);
    const at = Date.now();
    if (now.state !== before.state) {
      this.#since = at;
      const { sid, name } = this.record;
      const said = { trunk: sid, name, problem: now.problem?.text };
      if (now.state === 'down') this.#parts.log.warn(said, 'a trunk is down');
      else this.#parts.log.info(said, `a trunk is ${now.state}`);
    }
    // The same problem found again is as old as it was.
    if (now.problem === null) this.#problem = null;
    else if (now.problem.text !== this.#problem?.text) this.#problem = { ...now.problem, at };
  }
}

function readRegistration(state: RegistrationState): Facts['registration'] {
  if (state.state !== 'failed') return state.state;
  const { status, text } = state;
  if (status === null) return problem('unreachable', `We cannot register: ${text}`);
  const refused = status === 401 || status === 403 || status === 407;
  const advice = refused ? ' Look at the user name and the password.' : '';
  const words = `The trunk refused our registration: ${text}.${advice}`;
  return problem(refused ? 'credentials_refused' : 'refused', words, status);
}

function problem(
  code: TrunkProblem['code'],
  text: string,
  sipStatus: number | null = null,
): Omit<TrunkProblem, 'at'> {
  return { code, text, sipStatus };
}
