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
    const postgres = await openPostgres(this.options);
    this.#current = postgres;
    if (this.#stopping.signal.aborted) await postgres.close();
    this.#watching = this.#watch(postgres);
    return postgres.url;
  }

  /** See Postgres.usedBy. */
  usedBy(pids: number[]): void {
    this.#users = pids;
    this.#current?.usedBy(pids);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#current?.close();
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
      const { code, signal } = await postgres.gone;
      this.#current = null;
      if (stopped()) return;
      this.terminal.warn(
        `PostgreSQL ended unexpectedly (${signal ?? `code ${code ?? '?'}`}); starting it again.`,
      );
      const again = await this.#open();
      if (!again) return;
      postgres = again;
      this.#current = again;
      again.usedBy(this.#users);
      this.terminal.say('PostgreSQL is running again.');
    }
  }

  /** @returns null when we were asked to stop meanwhile. */
  async #open(): Promise<Postgres | null> {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(LONGEST_WAIT_MS, wait * 2)) {
      if (this.#stopping.signal.aborted) return null;
      try {
        const postgres = await openPostgres(this.options);
        if (!this.#stopping.signal.aborted) return postgres;
        await postgres.close();
        return null;
      } catch (error) {
        this.terminal.warn(error instanceof Error ? error.message : String(error));
        await pause(wait, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    }
  }
}
