import { setTimeout as pause } from 'node:timers/promises';
import { openPostgres, type Postgres, type PostgresOptions } from './postgres/postgres.ts';
import type { Terminal } from './terminal.ts';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;

/** The embedded PostgreSQL, started again when it dies. Its address stays the same. */
export class OwnPostgres {
  #current: Postgres | null = null;
  #users: number[] = [];
  readonly #stopping = new AbortController();
  #watching: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: PostgresOptions,
    private readonly terminal: Terminal,
  ) {}

  /** @returns the server's address for it. */
  async start(): Promise<string> {
    const first = openPostgres(this.options);
    this.#watching = first.then(
      (postgres) => this.#watch(postgres),
      () => undefined,
    );
    return (await first).url;
  }

  /** See Postgres.usedBy. */
  usedBy(pids: number[]): void {
    this.#users = pids;
    this.#current?.usedBy(pids);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#current?.close();
    // One that is just starting is closed as soon as it has.
    await this.#watching;
  }

  /** Without saving: the next start repairs, and loses nothing that was committed. */
  hurry(): void {
    this.#current?.kill();
  }

  async #watch(first: Postgres): Promise<void> {
    let postgres = first;
    const stopped = () => this.#stopping.signal.aborted;
    for (;;) {
      this.#current = postgres;
      postgres.usedBy(this.#users);
      if (stopped()) await postgres.close();
      const { code, signal } = await postgres.gone;
      this.#current = null;
      if (stopped()) return;
      this.terminal.warn(
        `PostgreSQL ended unexpectedly (${signal ?? `code ${code ?? '?'}`}); starting it again.`,
      );
      const again = await this.#open();
      if (!again) return;
      postgres = again;
      this.terminal.say('PostgreSQL is running again.');
    }
  }

  /** @returns null when we were asked to stop meanwhile. */
  async #open(): Promise<Postgres | null> {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(LONGEST_WAIT_MS, wait * 2)) {
      if (this.#stopping.signal.aborted) return null;
      try {
        return await openPostgres(this.options);
      } catch (error) {
        this.terminal.warn(error instanceof Error ? error.message : String(error));
        await pause(wait, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    }
  }
}
