import type { Readable } from 'node:stream';
import { Peaks, type Recording } from '@offhook/contract';
import { json } from 'node:stream/consumers';
import { sql } from 'kysely';
import type { CallRecord } from '../call/call.ts';
import { findVisibleCall, visibleTo } from '../db/call-queries.ts';
import type { Db } from '../db/database.ts';
import type { Asker } from '../person/asker.ts';
import { Problem } from '../problem.ts';
import { fileNameFor, presentRecording } from './present.ts';
import type { RecordingRow, RecordingRows } from './rows.ts';
import type { RecordingStore } from './store.ts';

/** A stored recording that somebody may hear. */
export interface Playable {
  id: string;
  callId: string;
  bytes: number;
  /** Strong: names these very bytes. */
  tag: string;
  fileName: string;
  /** Opens the bytes from `start` to `end`, both included. */
  read(range?: { start: number; end: number }): Promise<Readable>;
}

/** Answers questions about stored recordings, to those who may hear them. */
export class RecordingArchive {
  constructor(
    private readonly parts: {
      db: Db;
      rows: Pick<RecordingRows, 'find'>;
      store: RecordingStore;
      /** Two letters: whose numbers file names write the national way. */
      country: string;
    },
  ) {}

  /** The recording of a call; null where there is none. */
  async of(call: CallRecord): Promise<Recording | null> {
    if (call.recording === null) return null;
    const row = await this.parts.rows.find(call.recording.id);
    return presentRecording(call, row, this.parts.country);
  }

  /** Throws call.not_found, also when the asker may not see it; recording.not_found. */
  async ofCall(callId: string, asker: Asker): Promise<Recording> {
    const call = await findVisibleCall(this.parts.db, callId, asker);
    if (call === null) throw new Problem('call.not_found', 'There is no such call.');
    const recording = await this.of(call);
    if (recording === null) {
      throw new Problem('recording.not_found', 'This call has no recording.');
    }
    return recording;
  }

  /** Throws recording.not_found, also when the asker may not hear it; recording.not_ready. */
  async playable(id: string, asker: Asker): Promise<Playable> {
    const { call, row } = await this.#stored(id, asker);
    if ((await this.parts.store.size(row.audio_key)) === null) throw fileMissing(row);
    return {
      id,
      callId: call.id,
      bytes: row.bytes,
      tag: `"${row.sha256}"`,
      fileName: fileNameFor(call, this.parts.country),
      read: (range) => this.parts.store.read(row.audio_key, range),
    };
  }

  /** Throws recording.not_found, also when the asker may not hear it; recording.not_ready. */
  async peaks(id: string, asker: Asker): Promise<Peaks> {
    const { row } = await this.#stored(id, asker);
    if ((await this.parts.store.size(row.peaks_key)) === null) throw fileMissing(row);
    return Peaks.parse(await json(await this.parts.store.read(row.peaks_key)));
  }

  async #stored(id: string, asker: Asker): Promise<{ call: CallRecord; row: RecordingRow }> {
    const found = await this.parts.db
      .selectFrom('call')
      .select('call.body')
      .where(sql<string>`call.body->'recording'->>'id'`, '=', id)
      .where(visibleTo(asker))
      .executeTakeFirst();
    const recording = found?.body.recording ?? null;
    if (found === undefined || recording === null) throw noSuchRecording();
    if (recording.state === 'recording' || recording.state === 'processing') {
      throw new Problem(
        'recording.not_ready',
        'This recording is not ready yet. It appears with the call as soon as it is.',
      );
    }
    const row = recording.state === 'ready' ? await this.parts.rows.find(id) : null;
    if (row === null) throw noSuchRecording();
    return { call: found.body, row };
  }
}

function noSuchRecording(): Problem {
  return new Problem('recording.not_found', 'There is no such recording.');
}

function fileMissing(row: RecordingRow): Problem {
  return new Problem(
    'recording.not_found',
    `The file of this recording is missing from the server’s disk. Tell your administrator: ${row.audio_key}.`,
  );
}
