import type { Asker } from '../person/asker.ts';
import type { AuditEntry } from '../person/audit.ts';

/** Writes it down for good; person/audit.ts is the real one. */
export type WriteAudit = (entry: AuditEntry) => Promise<void>;

export interface Play {
  how: 'played' | 'downloaded';
  /** The recording's id. */
  id: string;
  callId: string;
  asker: Asker;
  ipAddress: string;
}

const SAME_PLAY_MS = 15 * 60_000;

/**
 * Writes down who heard what. A player asks for a recording in many small parts: those within a
 * quarter of an hour are one entry, whichever part comes first.
 */
export class PlayLog {
  readonly #write: WriteAudit;
  readonly #now: () => number;
  readonly #noted = new Map<string, number>();

  constructor(write: WriteAudit, now: () => number = Date.now) {
    this.#write = write;
    this.#now = now;
  }

  /** Rejects when it cannot be written: what nobody could write down, nobody hears. */
  async note({ how, id, callId, asker, ipAddress }: Play): Promise<void> {
    const key = `${how} ${asker.personId} ${id}`;
    const now = this.#now();
    this.#forgetBefore(now - SAME_PLAY_MS);
    if (this.#noted.has(key)) return;
    await this.#write({
      personId: asker.personId,
      action: 'recording.played',
      subject: id,
      ipAddress,
      detail: { call: callId, via: asker.via, downloaded: how === 'downloaded' },
    });
    this.#noted.set(key, now);
  }

  /** The oldest come first, as entries are only ever added. */
  #forgetBefore(moment: number): void {
    for (const [key, at] of this.#noted) {
      if (at >= moment) return;
      this.#noted.delete(key);
    }
  }
}
