import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import { migrate, openDatabase } from './db/database.ts';
import { createApp } from './http/app.ts';
import { authRequired } from './http/authentication.ts';

export interface CallCentre {
  /** Opens the house; the address it listens on, "http://127.0.0.1:3001". */
  listen(): Promise<string>;
  /** Takes everything down in reverse order. Harmless twice. */
  close(): Promise<void>;
}

export interface Overrides {
  log: Logger;
}

/**
 * Builds the house in the order a call walks through it; the one place that knows everybody. Parts
 * that must be closed are pushed on `open` and closed last to first.
 */
export async function createCallCentre(config: Config, { log }: Overrides): Promise<CallCentre> {
  const open: { close(): Promise<void> }[] = [];
  const close = once(async () => {
    for (const part of open.reverse()) await part.close();
  });
  try {
    const database = openDatabase(config.database.url, log);
    open.push(database);
    await migrate(database, log);

    // People: who may do what.

    // The call: carrier commands, call store, event log, jobs.

    // The recording: fetch, verify, store.

    // HTTP: one file per endpoint.
    const app = createApp({
      http: config.http,
      log,
      authenticate: async () => ({ asker: null, problem: authRequired() }),
    });
    open.push({ close: async () => app.close() });

    return {
      listen: async () => app.listen({ host: config.http.host, port: config.http.port }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => (done ??= work());
}
