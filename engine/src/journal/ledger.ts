import type { Logger } from 'pino';
import type { ApplicationRecord, NumberRecord } from '../account/account-record.ts';
import type { HttpMethod } from '../callback/request.ts';
import { isFinal, type CallRecord } from '../leg/call-record.ts';
import type { DialogRecord } from '../leg/sip/dialog-record.ts';
import type { NoticeRecord } from '../notice/notice-record.ts';
import type { QueueRecord } from '../queue/queue-record.ts';
import type { RecordingRecord } from '../recording/recording-record.ts';
import type { CredentialListRecord, SipDomainRecord } from '../registrar/sip-records.ts';
import type { ConferenceRecord } from '../room/conference-record.ts';
import type { TrunkRecord } from '../trunk/trunk-record.ts';
import { JournalFile, type JournalLine } from './journal-file.ts';
import { Shelf, type Kind } from './shelf.ts';

/** A callback that has not been delivered yet. */
export interface OwedCallback {
  id: string;
  /** Callbacks of one queue go out one at a time, in order. */
  queue: string;
  url: string;
  method: HttpMethod;
  fields: Record<string, string>;
}

/** How long ended calls and conferences are kept; recordings are kept until they are deleted. */
const KEEP_MS = 30 * 24 * 3_600_000;
/** Everything about an ended thing has been told, or is owed, long before this. */
const QUIET_MS = 3_600_000;

/**
 * What the engine knows about its calls, rooms and recordings: in memory, and in a file of lines of
 * which the newest about a thing is the truth about it.
 */
export class Ledger {
  readonly #file: JournalFile;
  readonly #shelves: Pick<Shelf<unknown>, 'take' | 'linesToKeep'>[] = [];

  readonly calls = this.#shelf<CallRecord>({
    ...bySid('call'),
    outlived: (call, now) => isFinal(call.status) && age(call, now) > KEEP_MS,
    slim: (call, now) => forgetCallback(call, isFinal(call.status), now),
  });
  /** Of calls by SIP that live; forgotten when they are over. */
  readonly dialogs = this.#shelf<DialogRecord>({
    ...{ name: 'dialog', gone: 'dialogGone', keyOf: ({ id }) => id },
    // SIP may never open again; nobody's call is so long.
    outlived: ({ keptAt }, now) => now - keptAt > KEEP_MS,
  });
  readonly conferences = this.#shelf<ConferenceRecord>({
    ...bySid('conference'),
    outlived: (room, now) => room.status === 'completed' && age(room, now) > KEEP_MS,
    slim: (room, now) => forgetCallback(room, room.status === 'completed', now),
  });
  readonly recordings = this.#shelf<RecordingRecord>({
    ...bySid('recording'),
    slim: (recording, now) => forgetCallback(recording, isOver(recording), now),
  });
  readonly applications = this.#shelf<ApplicationRecord>(bySid('application'));
  readonly numbers = this.#shelf<NumberRecord>(bySid('number'));
  readonly trunks = this.#shelf<TrunkRecord>(bySid('trunk'));
  readonly sipDomains = this.#shelf<SipDomainRecord>(bySid('sipDomain'));
  readonly credentialLists = this.#shelf<CredentialListRecord>(bySid('credentialList'));
  readonly queues = this.#shelf<QueueRecord>(bySid('queue'));
  readonly notices = this.#shelf<NoticeRecord>({
    ...bySid('notice'),
    outlived: ({ createdAt }, now) => now - createdAt > KEEP_MS,
  });
  /** Forgotten when they are delivered, or given up. */
  readonly owed = this.#shelf<OwedCallback>({ name: 'owed', gone: 'paid', keyOf: ({ id }) => id });

  constructor(path: string, log: Logger) {
    this.#file = new JournalFile(path, log);
    this.#file.read((line) => {
      if (!this.#shelves.some((shelf) => shelf.take(line))) {
        throw new Error(`nothing here is called ${Object.keys(line).join(', ')}`);
      }
    });
    this.#rewrite();
  }

  /** When the file was last written before this start: the last sign of life. Null: a new file. */
  get lastWrittenAt(): number | null {
    return this.#file.lastWrittenAt;
  }

  /** Set while the file cannot be written; what happens is then known to this process only. */
  get broken(): Error | null {
    return this.#file.broken;
  }

  close(): void {
    this.#file.close();
  }

  #shelf<Thing>(kind: Kind<Thing>): Shelf<Thing> {
    const shelf = new Shelf(kind, (line) => {
      this.#file.append(line);
      if (this.#file.isLong) this.#rewrite();
    });
    this.#shelves.push(shelf);
    return shelf;
  }

  #rewrite(): void {
    this.#file.rewrite(this.#linesToKeep(Date.now()));
  }

  *#linesToKeep(now: number): Generator<JournalLine, void, undefined> {
    for (const shelf of this.#shelves) yield* shelf.linesToKeep(now);
  }
}

function bySid(name: string): Kind<{ sid: string }> {
  return { name, gone: `${name}Gone`, keyOf: ({ sid }) => sid };
}

function age({ updatedAt }: { updatedAt: number }, now: number): number {
  return now - updatedAt;
}

function isOver({ status }: RecordingRecord): boolean {
  return !['in-progress', 'paused', 'processing'].includes(status);
}

/** What has been over for a while calls nobody back: addresses are half of what would be kept. */
function forgetCallback(
  record: { updatedAt: number; callback: unknown },
  over: boolean,
  now: number,
): void {
  if (over && age(record, now) > QUIET_MS) record.callback = null;
}
