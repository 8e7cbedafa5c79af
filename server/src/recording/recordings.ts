import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { RecordingConfig } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { RecordingArchive } from './archive.ts';
import { fetchRecording, type CallsForRecordings, type FetchParts } from './fetch.ts';
import { Inspector } from './inspector.ts';
import { PlayLog, type WriteAudit } from './play-log.ts';
import type { RecordingSource } from './ports.ts';
import { Recovery } from './recover.ts';
import { RecordingRows } from './rows.ts';
import { DiskStore } from './store.ts';

export interface RecordingsParts {
  config: {
    dataFolder: string;
    recording: RecordingConfig;
    /** How far length and talk time may differ, in ms. */
    toleranceMs: number;
    /** Two letters: whose numbers file names write the national way. */
    country: string;
  };
  db: Db;
  source: RecordingSource;
  calls: CallsForRecordings;
  audit: WriteAudit;
  log: Logger;
}

interface Attempt {
  number: number;
  isLast: boolean;
  signal: AbortSignal;
}

export interface Recordings {
  archive: RecordingArchive;
  plays: PlayLog;
  recovery: Recovery;
  /** For the runner of slow jobs. */
  jobs: Record<'recording.fetch', (payload: unknown, attempt: Attempt) => Promise<void>>;
  close(): Promise<void>;
}

const FetchPayload = z.object({ callId: z.string(), recordingId: z.string() });

/** The pauses between attempts grow: the twelfth is about fifteen hours after the first. */
const FETCH_ATTEMPTS = 12;
const RECOVER_EVERY_MS = 60_000;

/** Everything about recordings. Rejects when their folder cannot be written. */
export async function openRecordings(parts: RecordingsParts): Promise<Recordings> {
  const { config, db, source, calls, audit, log } = parts;
  const now = Date.now;
  const store = new DiskStore(join(config.dataFolder, 'recordings'));
  await store.open(now());
  const rows = new RecordingRows(db);
  const inspector = new Inspector();
  const { toleranceMs, country } = config;
  const { missingAfterMs, deleteFromCarrier } = config.recording;
  const everyMs = Math.min(missingAfterMs, RECOVER_EVERY_MS);
  const recovery = new Recovery({ db, source, calls, missingAfterMs, everyMs, log, now });
  const fetching = { source, store, inspector, rows, calls, toleranceMs, deleteFromCarrier };
  recovery.start();
  return {
    archive: new RecordingArchive({ db, rows, store, country }),
    plays: new PlayLog(audit, now),
    recovery,
    jobs: { 'recording.fetch': fetchJob({ ...fetching, log, now }) },
    close: async () => {
      await recovery.close();
      await inspector.close();
    },
  };
}

function fetchJob(parts: FetchParts) {
  return async (payload: unknown, { number, isLast, signal }: Attempt): Promise<void> => {
    const ask = FetchPayload.parse(payload);
    const lastAttempt = isLast || number >= FETCH_ATTEMPTS;
    await fetchRecording(parts, { ...ask, lastAttempt, signal });
  };
}
