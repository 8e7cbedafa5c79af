import { writeFile } from 'node:fs/promises';
import type { Peaks } from '@offhook/contract';
import type { Logger } from 'pino';
import type { CallRecord } from '../call/call.ts';
import type { RecordingFact } from '../call/facts.ts';
import { downloadTo } from './download.ts';
import type { Inspection } from './inspect.ts';
import { judge } from './judge.ts';
import type { CarrierRecording, RecordingSource } from './ports.ts';
import type { NewRecordingRow, RecordingRow } from './rows.ts';
import type { Draft, RecordingStore } from './store.ts';

/** The calls, as far as recordings need them; db/call-store.ts is the real one. */
export interface CallsForRecordings {
  find(callId: string): Promise<CallRecord | null>;
  apply(callId: string, fact: RecordingFact): Promise<unknown>;
}

export interface FetchParts {
  source: RecordingSource;
  store: RecordingStore;
  inspector: { inspect(path: string, signal: AbortSignal): Promise<Inspection> };
  rows: {
    find(id: string): Promise<RecordingRow | null>;
    save(row: NewRecordingRow): Promise<void>;
    carrierCopyDeleted(id: string, at: Date): Promise<void>;
  };
  calls: CallsForRecordings;
  toleranceMs: number;
  deleteFromCarrier: boolean;
  log: Logger;
  now: () => number;
}

export interface FetchAsk {
  callId: string;
  /** The carrier's id. */
  recordingId: string;
  /** Nobody will try again after this. */
  lastAttempt: boolean;
  /** Aborted when the server stops. */
  signal: AbortSignal;
}

type Readable = Extract<Inspection, { readable: true }>;

/**
 * Fetches one recording from the carrier, checks it, stores it, and tells the call how it went.
 * Rejects when it is worth trying again. Every step may be repeated: a crash in between costs
 * another download and nothing else.
 */
export async function fetchRecording(parts: FetchParts, ask: FetchAsk): Promise<void> {
  try {
    await attempt(parts, ask);
  } catch (error) {
    if (!ask.lastAttempt || ask.signal.aborted) throw error;
    parts.log.error({ err: error, ...names(ask) }, 'gave up fetching a recording');
    await fail(parts, ask, 'download_failed', String(error));
  }
}

async function attempt(parts: FetchParts, ask: FetchAsk): Promise<void> {
  const call = await parts.calls.find(ask.callId);
  if (call === null) throw new Error(`There is no call ${ask.callId} to fetch a recording for.`);
  const known = await parts.rows.find(ask.recordingId);
  if (known !== null && (await parts.store.size(known.audio_key)) === known.bytes) {
    // Stored before a crash, or asked for twice.
    await tellReady(parts, known);
    await tidyCarrier(parts, known);
    return;
  }
  const described = await parts.source.describe(ask.recordingId, ask.signal);
  if (described === null) {
    return fail(parts, ask, 'download_failed', 'The carrier no longer has it.');
  }
  if (described.state !== 'ready') return notReady(parts, ask, described);
  const draft = await parts.store.draft();
  try {
    await fetchInto(parts, ask, { call, described, draft });
  } finally {
    await draft.discard();
  }
}

/** What else the carrier may say of a recording it announced. */
async function notReady(parts: FetchParts, ask: FetchAsk, { state, problem }: CarrierRecording) {
  if (state === 'recording' || state === 'processing') {
    throw new Error('The carrier is still working on this recording.');
  }
  await parts.calls.apply(ask.callId, {
    kind: 'recording_absent',
    recordingId: ask.recordingId,
    problem: problem ?? 'carrier_failed',
    detail: {},
  });
}

interface Fetched {
  call: CallRecord;
  described: CarrierRecording;
  draft: Draft;
}

async function fetchInto(parts: FetchParts, ask: FetchAsk, fetched: Fetched): Promise<void> {
  const { path } = fetched.draft;
  const { recordingId: carrierId, signal } = ask;
  if (!(await downloadTo(parts.source, { carrierId, path, signal }))) {
    return fail(parts, ask, 'download_failed', 'The carrier no longer has it.');
  }
  const inspection = await parts.inspector.inspect(path, signal);
  if (!inspection.readable) return fail(parts, ask, 'unreadable', inspection.why);
  const row = describeRow(parts, ask, fetched, inspection);
  await keepPeaks(parts.store, row.peaks_key, inspection.peaks);
  await parts.store.keep(fetched.draft, row.audio_key);
  await parts.rows.save(row);
  await tellReady(parts, row);
  await tidyCarrier(parts, { ...row, carrier_copy_deleted_at: null });
}

function describeRow(
  { toleranceMs }: FetchParts,
  { callId, recordingId }: FetchAsk,
  { call, described }: Fetched,
  file: Readable,
) {
  const { startedAt, flags } = judge({
    carrierStart: described.startedAt,
    durationMs: file.durationMs,
    channels: file.channels,
    cutShort: file.endsInFrame || described.problem === 'disk_full',
    connectedAt: call.connectedAt,
    endedAt: call.endedAt,
    toleranceMs,
  });
  const month = new Date(call.createdAt).toISOString().slice(0, 7).replace('-', '/');
  return {
    id: recordingId,
    call_id: callId,
    started_at: startedAt === null ? null : new Date(startedAt),
    duration_ms: file.durationMs,
    channels: file.channels,
    flags,
    bytes: file.bytes,
    sha256: file.sha256,
    audio_key: `${month}/${recordingId}.mp3`,
    peaks_key: `${month}/${recordingId}.peaks.json`,
  };
}

async function keepPeaks(store: RecordingStore, key: string, peaks: Peaks): Promise<void> {
  const draft = await store.draft();
  try {
    await writeFile(draft.path, JSON.stringify(peaks), { mode: 0o600 });
    await store.keep(draft, key);
  } finally {
    await draft.discard();
  }
}

async function tellReady(
  { calls }: FetchParts,
  row: Omit<RecordingRow, 'stored_at' | 'carrier_copy_deleted_at'>,
) {
  await calls.apply(row.call_id, {
    kind: 'recording_ready',
    recordingId: row.id,
    durationMs: row.duration_ms,
    flags: row.flags,
    detail: { bytes: row.bytes, channels: row.channels, sha256: row.sha256 },
  });
}

/** Deletes the carrier's copy where that is wished. Ours is safe: a failure is for the log. */
async function tidyCarrier(
  { source, rows, deleteFromCarrier, log, now }: FetchParts,
  row: Pick<RecordingRow, 'id' | 'call_id' | 'carrier_copy_deleted_at'>,
): Promise<void> {
  if (!deleteFromCarrier || row.carrier_copy_deleted_at !== null) return;
  try {
    await source.remove(row.id);
    await rows.carrierCopyDeleted(row.id, new Date(now()));
  } catch (error) {
    log.warn({ err: error, recording: row.id }, 'could not delete the carrier’s copy');
  }
}

async function fail(
  { calls, log }: FetchParts,
  ask: FetchAsk,
  problem: 'download_failed' | 'unreadable',
  why: string,
): Promise<void> {
  log.warn({ ...names(ask), problem, why }, 'a recording failed');
  await calls.apply(ask.callId, {
    kind: 'recording_failed',
    recordingId: ask.recordingId,
    problem,
    detail: { why },
  });
}

function names({ callId, recordingId }: FetchAsk) {
  return { call: callId, recording: recordingId };
}
