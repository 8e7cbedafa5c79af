import type { LiveCall } from '@offhook/contract';
import type { Kysely } from 'kysely';
import type { CallRecord } from '../call/call.ts';
import { present } from '../call/present.ts';
import type { Asker } from '../person/asker.ts';
import { maySee, presentEvent } from './call-queries.ts';
import type { Database } from './schema.ts';

interface RecentEvent {
  live: LiveCall;
  /** Whose call it was: decides who may see it. */
  agent: CallRecord['agent'];
}

/** A few hundred bytes each; a reader that is further behind asks the database. */
const KEPT = 1000;

/**
 * The newest events, read once for all readers: two hundred open pages would otherwise ask the same
 * question two hundred times after each commit. Reads only when somebody asks.
 */
export class RecentEvents {
  private readonly events: RecentEvent[] = [];
  private reading: Promise<void> | null = null;
  /** All events after this number, up to `last`, are here. */
  private floor = 0;
  private last = 0;
  private known = 0;

  constructor(private readonly db: Kysely<Database>) {}

  /** There are events up to this number. */
  tell(newest: number): void {
    this.known = Math.max(this.known, newest);
  }

  /**
   * Events after `seq` that the asker may see, oldest first, at most `limit`, up to the newest number
   * told; null when some of them are no longer here.
   */
  async after(seq: number, asker: Asker, limit: number): Promise<LiveCall[] | null> {
    while (this.last < this.known) {
      await (this.reading ??= this.read().finally(() => (this.reading = null)));
    }
    if (seq < this.floor) return null;
    const found: LiveCall[] = [];
    for (let at = this.firstAfter(seq); at < this.events.length && found.length < limit; at += 1) {
      const event = this.events[at];
      if (event !== undefined && maySee(asker, event.agent)) found.push(event.live);
    }
    return found;
  }

  private async read(): Promise<void> {
    // What nobody was there to see is not fetched.
    if (this.known - this.last > KEPT) this.forgetUpTo(this.known - KEPT);
    const upTo = this.known;
    const rows = await this.db
      .selectFrom('call_event')
      .innerJoin('call', 'call.id', 'call_event.call_id')
      .selectAll('call_event')
      .select('call.body')
      .where('call_event.seq', '>', this.last)
      .where('call_event.seq', '<=', upTo)
      .orderBy('call_event.seq')
      .execute();
    for (const { body, ...event } of rows) {
      const live = { seq: event.seq, call: present(body), event: presentEvent(event) };
      this.events.push({ live, agent: body.agent });
    }
    this.last = upTo;
    const surplus = this.events[this.events.length - KEPT - 1];
    if (surplus !== undefined) this.forgetUpTo(surplus.live.seq);
  }

  private forgetUpTo(seq: number): void {
    this.events.splice(0, this.firstAfter(seq));
    this.floor = Math.max(this.floor, seq);
    this.last = Math.max(this.last, seq);
  }

  /** Index of the first event after this number; readers are mostly near the end. */
  private firstAfter(seq: number): number {
    let index = this.events.length;
    while (index > 0 && (this.events[index - 1]?.live.seq ?? 0) > seq) index -= 1;
    return index;
  }
}
