import { sql, type Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { CallRecord } from '../call/call.ts';
import type { RecordingFact } from '../call/facts.ts';
import { enqueueEffects } from '../db/effect-jobs.ts';
import type { Database } from '../db/schema.ts';
import type { CallsForRecordings } from './fetch.ts';
import type { CarrierRecording, RecordingSource } from './ports.ts';

export interface RecoveryParts {
  db: Kysely<Database>;
  source: Pick<RecordingSource, 'list'>;
  calls: Pick<CallsForRecordings, 'apply'>;
  /** How long after a call's end its recording may be missing before the carrier is asked. */
  missingAfterMs: number;
  everyMs: number;
  log: Logger;
  now: () => number;
}

/** The carrier's lists may lag: its word that there is nothing is believed this long after the end. */
const BELIEVE_NOTHING_MS = 15 * 60_000;
/** No carrier works longer on a recording. */
const GIVE_UP_MS = 24 * 60 * 60_000;
const MOST_AT_ONCE = 100;

/**
 * Finds recordings whose callback was lost: regularly asks the carrier about conversations that
 * ended a while ago and still have no recording, and sees to it that what waits to be fetched has
 * a job.
 */
export class Recovery {
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(private readonly parts: RecoveryParts) {}

  start(): void {
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.#round());
    }, this.parts.everyMs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#running;
  }

  /** One round; how many calls were asked about. Rejects when the database cannot be reached. */
  async run(): Promise<number> {
    const calls = await this.#owed();
    for (const call of calls) {
      if (this.#closed) break;
      await this.#see(call);
    }
    return calls.length;
  }

  async #round(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      this.parts.log.warn({ err: error }, 'looking for lost recordings failed; it is tried again');
    }
  }

  async #owed(): Promise<CallRecord[]> {
    const { db, now, missingAfterMs } = this.parts;
    const rows = await db
      .selectFrom('call')
      .select('body')
      .where('connected_at', 'is not', null)
      .where('ended_at', '<', new Date(now() - missingAfterMs))
      // As in the index call_recording_owed.
      .where(
        sql<boolean>`coalesce(body->'recording'->>'state', 'none') in ('none', 'recording', 'processing')`,
      )
      .orderBy('ended_at', 'desc')
      .limit(MOST_AT_ONCE)
      .execute();
    return rows.map(({ body }) => body);
  }

  async #see(call: CallRecord): Promise<void> {
    const { calls, log } = this.parts;
    try {
      if (call.recording?.state === 'processing') {
        await this.#ensureFetch(call.id, call.recording.id);
        return;
      }
      const fact = await this.#ask(call);
      if (fact === null) return;
      log.info({ call: call.id, fact: fact.kind }, 'a recording’s callback was lost; found out');
      await calls.apply(call.id, fact);
    } catch (error) {
      log.warn({ err: error, call: call.id }, 'could not find out about a recording');
    }
  }

  async #ask(call: CallRecord): Promise<RecordingFact | null> {
    const found = call.room === null ? [] : await this.parts.source.list(call.room.sid);
    const age = this.parts.now() - (call.endedAt ?? call.createdAt);
    return factOf(call, found, age);
  }

  /** Adds the job only where none waits, runs or will be tried again. */
  async #ensureFetch(callId: string, recordingId: string): Promise<void> {
    const { db, log } = this.parts;
    await db.transaction().execute(async (transaction) => {
      const { rows } = await sql`
        select 1 from graphile_worker.jobs
        where key = ${`fetch:${recordingId}`} and (attempts < max_attempts or locked_at is not null)
      `.execute(transaction);
      if (rows.length > 0) return;
      log.info({ call: callId, recording: recordingId }, 'a recording’s job was lost; added anew');
      await enqueueEffects(transaction, callId, [{ kind: 'fetch_recording', recordingId }]);
    });
  }
}

/** What the carrier's list says about a call that ended `ageMs` ago; null: nothing yet. Pure. */
export function factOf(
  call: Pick<CallRecord, 'id' | 'recording'>,
  found: CarrierRecording[],
  ageMs: number,
): RecordingFact | null {
  const detail = { learntBy: 'asking the carrier' };
  const ready = found.find(({ state }) => state === 'ready');
  if (ready !== undefined) {
    const { carrierId: recordingId, durationMs } = ready;
    const brokenOff = ready.problem === 'disk_full' ? { problem: ready.problem } : {};
    return { kind: 'recording_finished', recordingId, durationMs, ...brokenOff, detail };
  }
  const underWay = found.some(({ state }) => state === 'recording' || state === 'processing');
  if (underWay && ageMs < GIVE_UP_MS) return null;
  const first = found[0];
  if (first === undefined && ageMs < BELIEVE_NOTHING_MS) return null;
  return {
    kind: 'recording_absent',
    // Never made, so it has no name of the carrier's: the call's own is as good.
    recordingId: first?.carrierId ?? call.recording?.id ?? call.id,
    problem: first === undefined ? 'nothing_recorded' : (first.problem ?? 'carrier_failed'),
    detail,
  };
}
