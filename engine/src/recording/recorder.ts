import { existsSync, mkdirSync, statSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Ledger } from '../journal/ledger.ts';
import type { RecordTap } from '../media/protocol.ts';
import type { MediaLink } from '../media-link.ts';
import { newSid } from '../sid.ts';
import type { RecordingCallbacks } from './recording-callbacks.ts';
import {
  RECORDING_ERROR,
  type RecordingCallback,
  type RecordingRecord,
  type RecordingSource,
  type RecordingTrack,
} from './recording-record.ts';
import { trimSpool } from '../media/recording/trim.ts';
import { durationOfSpool, type RecordingFiles } from './recording-files.ts';

/** What can be made again of a recording's MP3 is kept for a day. */
const TIDY_AFTER_MS = 24 * 3_600_000;
const TIDY_EVERY_MS = 3_600_000;

/** A recording that runs. */
export interface LiveRecording {
  readonly record: RecordingRecord;
  /** silence: its time goes on. skip: the file has a gap. Null: goes on recording. */
  pause(how: 'silence' | 'skip' | null): void;
  /** Ends the recording; what follows (encoding, the callback) goes on by itself. */
  stop(): void;
  /** Resolves when it is over and can be had, or never will be. */
  readonly finished: Promise<void>;
}

export interface RecordingAsk {
  conferenceSid: string | null;
  callSid: string;
  /** What is recorded: a room with one leg on the left channel, or one leg. */
  tap: RecordTap;
  source: RecordingSource;
  channels: 1 | 2;
  track: RecordingTrack;
  trim: boolean;
  callback: RecordingCallback | null;
}

type Problem = 'disk_full' | 'write_failed';

const ERROR_CODE: Record<Problem, number> = {
  disk_full: RECORDING_ERROR.diskFull,
  write_failed: RECORDING_ERROR.writeFailed,
};

/** Records rooms: spools while the call runs, encodes after it, tells the application. */
export class Recorder {
  readonly #ledger: Ledger;
  readonly #media: MediaLink;
  readonly #files: RecordingFiles;
  readonly #callbacks: RecordingCallbacks;
  readonly #minFreeBytes: number;
  readonly #log: Logger;
  /** Encodings, one after the other: they share one core with the calls. */
  #work: Promise<void> = Promise.resolve();
  readonly #pending = new Set<Promise<void>>();
  readonly #tidying: NodeJS.Timeout;
  readonly #live = new Map<string, LiveRecording>();
  #closed = false;

  constructor(
    parts: {
      ledger: Ledger;
      media: MediaLink;
      files: RecordingFiles;
      callbacks: RecordingCallbacks;
    },
    minFreeBytes: number,
    log: Logger,
  ) {
    this.#ledger = parts.ledger;
    this.#media = parts.media;
    this.#files = parts.files;
    this.#callbacks = parts.callbacks;
    this.#minFreeBytes = minFreeBytes;
    this.#log = log;
    mkdirSync(this.#files.folder, { recursive: true });
    this.#tidying = setInterval(() => void this.#track(this.tidy()), TIDY_EVERY_MS).unref();
  }

  /** Never throws: a call goes on without its recording. */
  start({ tap, ...ask }: RecordingAsk): LiveRecording {
    const now = Date.now();
    const record: RecordingRecord = {
      sid: newSid('RE'),
      ...ask,
      status: 'in-progress',
      createdAt: now,
      updatedAt: now,
      startedAt: null,
      durationMs: null,
      errorCode: null,
    };
    this.#save(record);
    const deaf = this.#media.onRecordingFailed(record.sid, (problem) =>
      this.#breakOff(record, problem),
    );
    const begun = this.#begin(record, tap);
    let stopping: Promise<void> | null = null;
    let settle!: () => void;
    const finished = new Promise<void>((resolve) => (settle = resolve));
    const live: LiveRecording = {
      record,
      pause: (how) => this.#pause(record, how),
      stop: () => {
        this.#live.delete(record.sid);
        stopping ??= this.#track(this.#stop(record, begun).finally(deaf));
        void stopping.then(settle);
      },
      finished,
    };
    this.#live.set(record.sid, live);
    return live;
  }

  /** Those that run, the newest last. */
  live(): LiveRecording[] {
    return [...this.#live.values()];
  }

  /** Encodes what the spool holds and tells the application; also used after a crash. */
  finish(record: RecordingRecord): Promise<void> {
    record.status = 'processing';
    this.#save(record);
    this.#work = this.#work.then(() => this.#encode(record));
    return this.#track(this.#work);
  }

  /** Removes what can be made again, and what no recording knows. Also done every hour. */
  async tidy(now = Date.now()): Promise<void> {
    const done = new Set<RecordingRecord['status'] | undefined>(['completed', 'absent', undefined]);
    const gone = await this.#files.tidy(now - TIDY_AFTER_MS, (sid) =>
      done.has(this.#ledger.recordings.get(sid)?.status),
    );
    if (gone > 0) this.#log.info({ gone }, 'removed sound files that can be made again');
  }

  /** Waits up to `ms` for what is being ended and encoded; the rest is done after the next start. */
  async close(ms: number): Promise<void> {
    clearInterval(this.#tidying);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    const idle = async () => {
      while (this.#pending.size > 0) await Promise.all(this.#pending);
    };
    await Promise.race([idle(), late]);
    clearTimeout(timer);
    this.#closed = true;
    await this.#files.close();
  }

  /** Never rejects: whatever goes wrong ends in the recording's own status and the log. */
  #track(work: Promise<void>): Promise<void> {
    const tracked = work
      .catch((error: unknown) => this.#log.error({ err: error }, 'a recording was not ended'))
      .finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
    return tracked;
  }

  async #stop(record: RecordingRecord, begun: Promise<void>): Promise<void> {
    // Asked for at once, so that it comes before whatever happens to the room next.
    const asked = this.#media.ask('record.stop', { recording: record.sid }).catch(
      // The media process died, or never began: the spool says how much there is.
      (error: unknown) => {
        this.#log.warn({ err: error, recording: record.sid }, 'a recorder did not stop by itself');
        return null;
      },
    );
    await begun;
    const end = await asked;
    if (record.status !== 'in-progress' && record.status !== 'paused') return;
    this.#callbacks.tell(record, 'stopped');
    if (end?.problem) this.#breakOff(record, end.problem);
    if (record.errorCode === null || this.#spooledMs(record) > 0) await this.finish(record);
  }

  #pause(record: RecordingRecord, pause: 'silence' | 'skip' | null): void {
    if (record.status !== 'in-progress' && record.status !== 'paused') return;
    record.status = pause === null ? 'in-progress' : 'paused';
    this.#save(record);
    this.#media.tell('record.pause', { recording: record.sid, pause });
    this.#callbacks.tell(record, pause === null ? 'resumed' : 'paused');
  }

  async #begin(record: RecordingRecord, tap: RecordTap): Promise<void> {
    try {
      const { startedAt } = await this.#media.ask('record.start', {
        recording: record.sid,
        ...tap,
        path: this.#files.spool(record.sid),
        minFreeBytes: this.#minFreeBytes,
      });
      record.startedAt = startedAt;
      this.#save(record);
      this.#callbacks.tell(record, 'started');
      this.#callbacks.tell(record, 'in-progress');
    } catch (error) {
      this.#log.error({ err: error, recording: record.sid }, 'a recording did not start');
      this.#fail(record, 'write_failed');
    }
  }

  /** The recorder gave up in mid-call. What it has is delivered when the call is over. */
  #breakOff(record: RecordingRecord, problem: Problem): void {
    const running = record.status === 'in-progress' || record.status === 'paused';
    if (!running || record.errorCode !== null) return;
    if (this.#spooledMs(record) === 0) return this.#fail(record, problem);
    this.#log.error({ recording: record.sid, problem }, 'a recording broke off; its call goes on');
    record.errorCode = ERROR_CODE[problem];
    this.#save(record);
    this.#callbacks.tell(record, 'in-progress');
  }

  #fail(record: RecordingRecord, problem: Problem): void {
    if (record.status === 'failed') return;
    this.#live.delete(record.sid);
    this.#log.error({ recording: record.sid, problem }, 'a recording failed; its call goes on');
    record.status = 'failed';
    record.errorCode = ERROR_CODE[problem];
    record.durationMs = this.#spooledMs(record);
    this.#save(record);
    this.#callbacks.tell(record, 'failed');
  }

  /** A recording that cannot be trimmed is delivered as it is. */
  async #trim(record: RecordingRecord): Promise<void> {
    const spool = this.#files.spool(record.sid);
    if (!existsSync(spool)) return;
    try {
      record.startedAt = (record.startedAt ?? record.createdAt) + (await trimSpool(spool));
      // Done once: a start after a crash finds it trimmed.
      record.trim = false;
      this.#save(record);
    } catch (error) {
      this.#log.error({ err: error, recording: record.sid }, 'a recording was not trimmed');
    }
  }

  #spooledMs({ sid }: RecordingRecord): number {
    const spool = this.#files.spool(sid);
    return existsSync(spool) ? durationOfSpool(statSync(spool).size) : 0;
  }

  async #encode(record: RecordingRecord): Promise<void> {
    const { sid } = record;
    if (record.trim) await this.#trim(record);
    record.durationMs = this.#spooledMs(record);
    if (record.durationMs === 0) {
      record.status = 'absent';
      this.#save(record);
      this.#callbacks.tell(record, 'absent');
      return;
    }
    try {
      const encoded = await this.#files.encode(sid);
      if (this.#closed) return;
      record.durationMs = encoded.durationMs;
      record.status = 'completed';
      this.#save(record);
      this.#callbacks.tell(record, 'completed');
    } catch (error) {
      // Broken off by stopping: it stays "processing", and the next start encodes it.
      if (this.#closed) return;
      const full = (error as NodeJS.ErrnoException).code === 'ENOSPC';
      this.#log.error({ err: error, recording: sid }, 'a recording was not encoded');
      this.#fail(record, full ? 'disk_full' : 'write_failed');
    }
  }

  #save(record: RecordingRecord): void {
    record.updatedAt = Date.now();
    this.#ledger.recordings.save(record);
  }
}
