import { run, type Runner, type Task, type TaskList } from 'graphile-worker';
import pg from 'pg';
import type { Logger } from 'pino';
import { workerLogger } from '../db/worker-logger.ts';

/** Which try of a job this is, from 1. */
export interface Attempt {
  number: number;
  isLast: boolean;
  /** Aborted when the server stops. */
  signal: AbortSignal;
}

/** A job's work: its payload as it was enqueued. Rejecting means: try again later. */
export type Job = (payload: unknown, attempt: Attempt) => Promise<void>;

/** Jobs by name. */
export type Jobs = Record<string, Job>;

export interface RunnerOptions {
  /** For the log. */
  name: string;
  databaseUrl: string;
  jobs: Jobs;
  concurrency: number;
  log: Logger;
}

/** For jobs with a time, and retries; anything due now starts at once, told by PostgreSQL. */
const POLL_MS = 1000;
/** The listener, and a little room for fetching the next job while others run. */
const SPARE_CONNECTIONS = 2;
const STOP_MS = 5000;

/** After a runner broke, as after five minutes without a database. */
const RESTART_MS = 1000;

/**
 * Runs jobs of the given names, on connections of its own, until it is closed: a runner that breaks
 * is replaced. Rejects when the first cannot start.
 */
export async function startRunner(options: RunnerOptions): Promise<{ close(): Promise<void> }> {
  const running = new Running(options);
  await running.start();
  return running;
}

class Running {
  private readonly pool: pg.Pool;
  private runner: Runner | null = null;
  private restart: NodeJS.Timeout | null = null;
  private closing: Promise<void> | null = null;

  constructor(private readonly options: RunnerOptions) {
    this.pool = runnerPool(options);
  }

  async start(): Promise<void> {
    const { name, jobs, concurrency, log } = this.options;
    try {
      this.runner = await run({
        pgPool: this.pool,
        taskList: asTaskList(jobs),
        concurrency,
        pollInterval: POLL_MS,
        noHandleSignals: true,
        gracefulShutdownAbortTimeout: STOP_MS,
        logger: workerLogger(log.child({ runner: name })),
      });
    } catch (error) {
      if (this.restart === null) await this.pool.end();
      throw error;
    }
    // Closed while it was starting again.
    if (this.closing !== null) return this.runner.stop();
    this.runner.promise.catch((error: unknown) => {
      log.error({ err: error, runner: name }, 'a job runner broke; starting another');
      this.startAgainLater();
    });
  }

  close(): Promise<void> {
    return (this.closing ??= this.stop());
  }

  private async stop(): Promise<void> {
    if (this.restart !== null) clearTimeout(this.restart);
    await this.runner?.stop();
    await this.pool.end();
  }

  private startAgainLater(): void {
    this.runner = null;
    if (this.closing !== null) return;
    this.restart = setTimeout(() => {
      this.start().catch((error: unknown) => {
        const { name, log } = this.options;
        log.error({ err: error, runner: name }, 'a job runner cannot start again yet');
        this.startAgainLater();
      });
    }, RESTART_MS);
  }
}

function runnerPool({ name, databaseUrl, concurrency, log }: RunnerOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: concurrency + SPARE_CONNECTIONS,
    application_name: `offhook-${name}`,
  });
  const lost = (error: Error) => {
    log.warn({ err: error, runner: name }, 'a database connection of a runner was lost');
  };
  pool.on('error', lost);
  // While it is in use, a connection tells only itself.
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}

function asTaskList(jobs: Jobs): TaskList {
  return Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, asTask(job)]));
}

function asTask(job: Job): Task {
  return async (payload, { job: { attempts, max_attempts }, abortSignal }) => {
    await job(payload, {
      number: attempts,
      isLast: attempts >= max_attempts,
      signal: abortSignal ?? new AbortController().signal,
    });
  };
}
