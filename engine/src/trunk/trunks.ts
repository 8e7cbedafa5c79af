import type { Ledger } from '../journal/ledger.ts';
import { AddressSet } from './addresses.ts';
import type { Unconnected } from './failure.ts';
import { callerIdFor, writeNumber } from './number-rules.ts';
import { nameAddress, trunkUri } from './reach.ts';
import type { Route } from './route.ts';
import type { TrunkRecord, TrunkState } from './trunk-record.ts';
import { TrunkWatch, type WatchParts } from './trunk-watch.ts';

interface Entry {
  record: TrunkRecord;
  watch: TrunkWatch;
  allowed: AddressSet;
  liveCalls: number;
  /** The watch before this one is over: settles when its registration is taken back. */
  cleared: Promise<void>;
}

/**
 * Every trunk: those that were made over REST, which the ledger keeps, and the environment's, which
 * nobody keeps. Knows how each stands, which a number may use, and whose an address is.
 */
export class Trunks {
  readonly #ledger: Ledger;
  readonly #parts: WatchParts;
  readonly #entries = new Map<string, Entry>();
  #started = false;

  constructor(ledger: Ledger, environment: TrunkRecord | null, parts: WatchParts) {
    this.#ledger = ledger;
    this.#parts = parts;
    for (const record of ledger.trunks.values()) this.#add(record);
    if (environment) this.#add(environment);
  }

  /** Begins to look after them. */
  start(): void {
    this.#started = true;
    for (const { watch } of this.#entries.values()) watch.start();
  }

  /** In the order in which they are tried while all is well. */
  list(): TrunkRecord[] {
    return [...this.#entries.values()].map(({ record }) => record).sort(byPriority);
  }

  get(sid: string): TrunkRecord | undefined {
    return this.#entries.get(sid)?.record;
  }

  /** @throws Error: there is no such trunk */
  stateOf(sid: string): TrunkState {
    const { watch, liveCalls } = this.#of(sid);
    return { ...watch.state, liveCalls };
  }

  /** Makes a trunk, or changes it. Calls that live over it go on as they began. */
  save(record: TrunkRecord): void {
    this.#ledger.trunks.save(record);
    const before = this.#entries.get(record.sid);
    const entry = this.#add(record, before?.liveCalls);
    if (before) entry.cleared = before.cleared.then(() => before.watch.close());
    // A registration that is taken back after the new one was made would take that away too.
    void entry.cleared.then(() => {
      if (this.#started && this.#entries.get(record.sid) === entry) entry.watch.start();
    });
  }

  /** Harmless when it is gone. */
  remove(sid: string): void {
    const entry = this.#entries.get(sid);
    if (!entry) return;
    this.#entries.delete(sid);
    this.#ledger.trunks.forget(sid);
    void entry.watch.close();
  }

  /**
   * The ways to an E.164 number, best first: those that are down are tried last, because being
   * down is only what we knew a moment ago. None: no trunk takes this number.
   */
  routesTo(number: string, from: string): Route[] {
    const last = ({ sid }: TrunkRecord) => (this.stateOf(sid).state === 'down' ? 1 : 0);
    return this.list()
      .filter(({ enabled }) => enabled)
      .sort((one, other) => last(one) - last(other))
      .map((record) => this.route(record, number, from))
      .filter((route) => route !== null);
  }

  /** The way over this trunk, whatever its state; null: it does not take this number. */
  route(trunk: TrunkRecord, number: string, from: string): Route | null {
    const written = writeNumber(trunk.rules, number);
    if (written === null) return null;
    let release: (() => void) | null = null;
    return {
      trunk,
      uri: trunkUri(trunk, written),
      from: nameAddress({ ...trunkUri(trunk, callerIdFor(trunk, from)), port: null }),
      hops: () => this.#parts.resolve(trunk),
      take: () => (release ??= this.take(trunk.sid)) !== null,
      release: () => {
        release?.();
        release = null;
      },
      report: (failure) => this.report(trunk.sid, failure),
    };
  }

  /** Takes a channel for a call in either direction; null: all are taken, or the trunk is gone. */
  take(sid: string): (() => void) | null {
    const entry = this.#entries.get(sid);
    if (!entry) return null;
    const { channels } = entry.record;
    if (channels !== null && entry.liveCalls >= channels) return null;
    entry.liveCalls += 1;
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      // The trunk may have been changed meanwhile: the count moved on with it.
      const now = this.#entries.get(sid);
      if (now) now.liveCalls -= 1;
    };
  }

  /** How a call began; null: it was answered. */
  report(sid: string, failure: Unconnected | null): void {
    this.#entries.get(sid)?.watch.report(failure);
  }

  /** The enabled trunks whose calls come from this address, by priority; none: it is a stranger's. */
  at(address: string): TrunkRecord[] {
    return this.list().filter(({ sid, enabled }) => {
      const { watch, allowed } = this.#of(sid);
      return enabled && (watch.has(address) || allowed.has(address));
    });
  }

  /** Harmless twice. */
  async close(): Promise<void> {
    this.#started = false;
    await Promise.all([...this.#entries.values()].map(({ watch }) => watch.close()));
  }

  #add(record: TrunkRecord, liveCalls = 0): Entry {
    const watch = new TrunkWatch(record, this.#parts);
    const allowed = new AddressSet(record.allowedAddresses);
    const entry = { record, watch, allowed, liveCalls, cleared: Promise.resolve() };
    this.#entries.set(record.sid, entry);
    return entry;
  }

  #of(sid: string): Entry {
    const entry = this.#entries.get(sid);
    if (!entry) throw new Error(`there is no trunk ${sid}`);
    return entry;
  }
}

function byPriority(one: TrunkRecord, other: TrunkRecord): number {
  return one.priority - other.priority || one.createdAt - other.createdAt;
}
