import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { HttpMethod } from '../callback/request.ts';
import { isFinal, type CallRecord } from '../leg/call-record.ts';
import type { ConferenceRecord } from '../room/conference-record.ts';
import type { ApplicationRecord, NumberRecord } from '../account/account-record.ts';
import type { NoticeRecord } from '../notice/notice-record.ts';
import type { QueueRecord } from '../queue/queue-record.ts';
import type { RecordingRecord } from '../recording/recording-record.ts';
import type { CredentialListRecord, SipDomainRecord } from '../registrar/sip-records.ts';
import type { TrunkRecord } from '../trunk/trunk-record.ts';
import { Shelf } from './shelf.ts';

/** A callback that has not been delivered yet. */
export interface OwedCallback {
  id: string;
  /** Callbacks of one queue go out one at a time, in order. */
  queue: string;
  url: string;
  method: HttpMethod;
  fields: Record<string, string>;
}

type Line =
  | { call: CallRecord }
  | { conference: ConferenceRecord }
  | { recording: RecordingRecord }
  | { recordingGone: string }
  | { callGone: string }
  | { application: ApplicationRecord }
  | { applicationGone: string }
  | { number: NumberRecord }
  | { numberGone: string }
  | { trunk: TrunkRecord }
  | { trunkGone: string }
  | { sipDomain: SipDomainRecord }
  | { sipDomainGone: string }
  | { credentialList: CredentialListRecord }
  | { credentialListGone: string }
  | { queue: QueueRecord }
  | { queueGone: string }
  | { notice: NoticeRecord }
  | { owed: OwedCallback }
  | { paid: string };

/** How long ended calls and conferences are kept; recordings are kept until they are deleted. */
const KEEP_MS = 30 * 24 * 3_600_000;
/** Everything about an ended thing has been told, or is owed, long before this. */
const QUIET_MS = 3_600_000;
const COMPACT_ABOVE_BYTES = 32 * 1024 * 1024;
const CHUNK_CHARACTERS = 1024 * 1024;

/**
 * What the engine knows about its calls, rooms and recordings, in memory and in an append-only
 * file of JSON lines. The newest line about a thing is the truth about it. A line is handed to the
 * operating system before anybody acts on it, so a killed process forgets nothing; a power cut may
 * lose the last moments.
 */
export class Ledger {
  readonly calls = new Shelf<CallRecord>();
  readonly conferences = new Shelf<ConferenceRecord>();
  readonly recordings = new Shelf<RecordingRecord>();
  readonly applications = new Map<string, ApplicationRecord>();
  readonly numbers = new Map<string, NumberRecord>();
  readonly trunks = new Map<string, TrunkRecord>();
  readonly sipDomains = new Map<string, SipDomainRecord>();
  readonly credentialLists = new Map<string, CredentialListRecord>();
  readonly queues = new Map<string, QueueRecord>();
  readonly notices = new Map<string, NoticeRecord>();
  readonly owed = new Map<string, OwedCallback>();
  /** When the file was last written before this start: the last sign of life. Null: a new file. */
  readonly lastWrittenAt: number | null;
  /** Set while the file cannot be written; what happens is then known to this process only. */
  broken: Error | null = null;

  readonly #path: string;
  readonly #log: Logger;
  #file: number | null = null;
  #bytes = 0;
  #compactAt = COMPACT_ABOVE_BYTES;

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
    mkdirSync(dirname(path), { recursive: true });
    this.lastWrittenAt = existsSync(path) ? statSync(path).mtimeMs : null;
    if (this.lastWrittenAt !== null) this.#read();
    this.#compact();
  }

  saveCall(record: CallRecord): void {
    this.calls.set(record.sid, record);
    this.#write({ call: record });
  }

  saveConference(record: ConferenceRecord): void {
    this.conferences.set(record.sid, record);
    this.#write({ conference: record });
  }

  saveRecording(record: RecordingRecord): void {
    this.recordings.set(record.sid, record);
    this.#write({ recording: record });
  }

  forgetRecording(sid: string): void {
    this.recordings.delete(sid);
    this.#write({ recordingGone: sid });
  }

  forgetCall(sid: string): void {
    this.calls.delete(sid);
    this.#write({ callGone: sid });
  }

  saveApplication(record: ApplicationRecord): void {
    this.applications.set(record.sid, record);
    this.#write({ application: record });
  }

  forgetApplication(sid: string): void {
    this.applications.delete(sid);
    this.#write({ applicationGone: sid });
  }

  saveNumber(record: NumberRecord): void {
    this.numbers.set(record.sid, record);
    this.#write({ number: record });
  }

  forgetNumber(sid: string): void {
    this.numbers.delete(sid);
    this.#write({ numberGone: sid });
  }

  saveTrunk(record: TrunkRecord): void {
    this.trunks.set(record.sid, record);
    this.#write({ trunk: record });
  }

  forgetTrunk(sid: string): void {
    this.trunks.delete(sid);
    this.#write({ trunkGone: sid });
  }

  saveSipDomain(record: SipDomainRecord): void {
    this.sipDomains.set(record.sid, record);
    this.#write({ sipDomain: record });
  }

  forgetSipDomain(sid: string): void {
    this.sipDomains.delete(sid);
    this.#write({ sipDomainGone: sid });
  }

  saveCredentialList(record: CredentialListRecord): void {
    this.credentialLists.set(record.sid, record);
    this.#write({ credentialList: record });
  }

  forgetCredentialList(sid: string): void {
    this.credentialLists.delete(sid);
    this.#write({ credentialListGone: sid });
  }

  saveQueue(record: QueueRecord): void {
    this.queues.set(record.sid, record);
    this.#write({ queue: record });
  }

  forgetQueue(sid: string): void {
    this.queues.delete(sid);
    this.#write({ queueGone: sid });
  }

  saveNotice(record: NoticeRecord): void {
    this.notices.set(record.sid, record);
    this.#write({ notice: record });
  }

  owe(callback: OwedCallback): void {
    this.owed.set(callback.id, callback);
    this.#write({ owed: callback });
  }

  paid(id: string): void {
    if (this.owed.delete(id)) this.#write({ paid: id });
  }

  close(): void {
    if (this.#file === null) return;
    closeSync(this.#file);
    this.#file = null;
  }

  #write(line: Line): void {
    if (this.#file === null) return;
    try {
      this.#bytes += writeAll(this.#file, `${JSON.stringify(line)}\n`);
      this.broken = null;
    } catch (error) {
      // A full disk must not end calls: they go on, and the log and the health page say so.
      if (this.broken === null) this.#log.error({ err: error }, 'the journal cannot be written');
      this.broken = error as Error;
      return;
    }
    if (this.#bytes > this.#compactAt) this.#compact();
  }

  #read(): void {
    const lines = readFileSync(this.#path, 'utf8').split('\n');
    for (const [index, text] of lines.entries()) {
      if (text === '') continue;
      try {
        this.#take(JSON.parse(text) as Line);
      } catch (error) {
        // Only a line that a kill or a full disk cut short does not parse.
        this.#log.warn({ err: error, line: index + 1 }, 'the journal has a broken line');
      }
    }
  }

  #take(line: Line): void {
    if ('call' in line) this.calls.set(line.call.sid, line.call);
    else if ('conference' in line) this.conferences.set(line.conference.sid, line.conference);
    else if ('recording' in line) this.recordings.set(line.recording.sid, line.recording);
    else if ('recordingGone' in line) this.recordings.delete(line.recordingGone);
    else if ('callGone' in line) this.calls.delete(line.callGone);
    else if ('application' in line) this.applications.set(line.application.sid, line.application);
    else if ('applicationGone' in line) this.applications.delete(line.applicationGone);
    else if ('number' in line) this.numbers.set(line.number.sid, line.number);
    else if ('numberGone' in line) this.numbers.delete(line.numberGone);
    else if ('trunk' in line) this.trunks.set(line.trunk.sid, line.trunk);
    else if ('trunkGone' in line) this.trunks.delete(line.trunkGone);
    else if ('sipDomain' in line) this.sipDomains.set(line.sipDomain.sid, line.sipDomain);
    else if ('sipDomainGone' in line) this.sipDomains.delete(line.sipDomainGone);
    else if ('credentialList' in line) {
      this.credentialLists.set(line.credentialList.sid, line.credentialList);
    } else if ('credentialListGone' in line) this.credentialLists.delete(line.credentialListGone);
    else if ('queue' in line) this.queues.set(line.queue.sid, line.queue);
    else if ('queueGone' in line) this.queues.delete(line.queueGone);
    else if ('notice' in line) this.notices.set(line.notice.sid, line.notice);
    else if ('owed' in line) this.owed.set(line.owed.id, line.owed);
    else this.owed.delete(line.paid);
  }

  /** Writes the file anew with one line for each thing worth keeping. */
  #compact(): void {
    const now = Date.now();
    for (const call of this.calls.values()) {
      if (isFinal(call.status) && now - call.updatedAt > KEEP_MS) this.calls.delete(call.sid);
    }
    for (const conference of this.conferences.values()) {
      const over = conference.status === 'completed' && now - conference.updatedAt > KEEP_MS;
      if (over) this.conferences.delete(conference.sid);
    }
    for (const [sid, notice] of this.notices) {
      if (now - notice.createdAt > KEEP_MS) this.notices.delete(sid);
    }
    const temporary = `${this.#path}.new`;
    const file = openSync(temporary, 'w', 0o600);
    // Passwords of trunks are in it; a file that a kill left behind keeps the mode that it had.
    fchmodSync(file, 0o600);
    let bytes = 0;
    // Nothing else happens meanwhile: a write for each line would take several times as long.
    let waiting = '';
    const flush = () => {
      bytes += writeAll(file, waiting);
      waiting = '';
    };
    const put = (line: Line) => {
      waiting += `${JSON.stringify(line)}\n`;
      if (waiting.length > CHUNK_CHARACTERS) flush();
    };
    // What has been over for a while calls nobody back: addresses are half of what would be kept.
    const quiet = ({ updatedAt }: { updatedAt: number }) => now - updatedAt > QUIET_MS;
    for (const call of this.calls.values()) {
      if (isFinal(call.status) && quiet(call)) call.callback = null;
      put({ call });
    }
    for (const conference of this.conferences.values()) {
      if (conference.status === 'completed' && quiet(conference)) conference.callback = null;
      put({ conference });
    }
    for (const recording of this.recordings.values()) {
      const open = ['in-progress', 'paused', 'processing'].includes(recording.status);
      if (!open && quiet(recording)) recording.callback = null;
      put({ recording });
    }
    for (const application of this.applications.values()) put({ application });
    for (const number of this.numbers.values()) put({ number });
    for (const trunk of this.trunks.values()) put({ trunk });
    for (const sipDomain of this.sipDomains.values()) put({ sipDomain });
    for (const credentialList of this.credentialLists.values()) put({ credentialList });
    for (const queue of this.queues.values()) put({ queue });
    for (const notice of this.notices.values()) put({ notice });
    for (const owed of this.owed.values()) put({ owed });
    flush();
    fsyncSync(file);
    renameSync(temporary, this.#path);
    if (this.#file !== null) closeSync(this.#file);
    this.#file = file;
    this.#bytes = bytes;
    this.#compactAt = Math.max(COMPACT_ABOVE_BYTES, bytes * 2);
  }
}

function writeAll(file: number, text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
  return bytes.length;
}
