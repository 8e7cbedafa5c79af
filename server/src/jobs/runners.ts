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

/** Runs jobs of the given names, on connections of its own. */
export async function startRunner(options: RunnerOptions): Promise<{ close(): Promise<void> }> {
  const { name, databaseUrl, jobs, concurrency, log } = options;
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
  let runner: Runner;
  try {
    runner = await run({
      pgPool: pool,
      taskList: asTaskList(jobs),
      concurrency,
      pollInterval: POLL_MS,
      noHandleSignals: true,
      gracefulShutdownAbortTimeout: STOP_MS,
      logger: workerLogger(log.child({ runner: name })),
    });
  } catch (error) {
    await pool.end();
    throw error;
  }
  // Rejects when the runner breaks; without a listener that would end the process without a word.
  runner.promise.catch((error: unknown) => {
    log.error({ err: error, runner: name }, 'a job runner stopped');
  });
  let closing: Promise<void> | null = null;
  const close = async () => {
    await runner.stop();
    await pool.end();
  };
  return { close: () => (closing ??= close()) };
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
