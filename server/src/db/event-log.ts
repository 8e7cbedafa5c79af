import type { LiveCall } from '@offhook/contract';
import type { Kysely } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import { present } from '../call/present.ts';
import type { EventSource } from '../live/event-source.ts';
import type { Asker } from '../person/asker.ts';
import { newestSeq, presentEvent, visibleTo } from './call-queries.ts';
import { RecentEvents } from './recent-events.ts';
import type { Database } from './schema.ts';

const CHANNEL = 'offhook_events';
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/**
 * The numbered event log. Learns of commits by LISTEN on a connection of its own; when that is
 * lost it connects again, and tells its listeners the newest number in case one was missed.
 */
export class EventLog implements EventSource {
  private readonly listeners = new Set<(newest: number) => void>();
  private client: pg.Client | null = null;
  private retry: NodeJS.Timeout | null = null;
  private retryMs = FIRST_RETRY_MS;
  private closed = false;
  private readonly recent: RecentEvents;

  constructor(
    private readonly db: Kysely<Database>,
    private readonly databaseUrl: string,
    private readonly log: Logger,
  ) {
    this.recent = new RecentEvents(db);
  }

  /** Rejects when PostgreSQL cannot be reached; once open, it reconnects by itself. */
  async open(): Promise<void> {
    await this.connect();
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.retry !== null) clearTimeout(this.retry);
    this.listeners.clear();
    const { client } = this;
    this.client = null;
    await client?.end();
  }

  async newest(): Promise<number> {
    const newest = await newestSeq(this.db);
    this.recent.tell(newest);
    return newest;
  }

  async readAfter(seq: number, asker: Asker, limit: number): Promise<LiveCall[]> {
    return (await this.recent.after(seq, asker, limit)) ?? this.readOld(seq, asker, limit);
  }

  private async readOld(seq: number, asker: Asker, limit: number): Promise<LiveCall[]> {
    const rows = await this.db
      .selectFrom('call_event')
      .innerJoin('call', 'call.id', 'call_event.call_id')
      .selectAll('call_event')
      .select('call.body')
      .where('call_event.seq', '>', seq)
      .where(visibleTo(asker))
      .orderBy('call_event.seq')
      .limit(limit)
      .execute();
    return rows.map(({ body, ...event }) => ({
      seq: event.seq,
      call: present(body),
      event: presentEvent(event),
    }));
  }

  subscribe(listener: (newest: number) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.databaseUrl,
      application_name: 'offhook-events',
      keepAlive: true,
    });
    client.on('notification', ({ payload }) => {
      this.tell(Number(payload));
    });
    client.on('error', (error) => {
      this.log.warn({ err: error }, 'the event log lost its connection');
    });
    // "end" comes after every loss, also after one that "error" told about.
    client.on('end', () => {
      this.reconnectLater(client);
    });
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    if (this.closed) return client.end();
    this.client = client;
    this.retryMs = FIRST_RETRY_MS;
  }

  private reconnectLater(lost: pg.Client): void {
    if (this.closed || this.retry !== null || this.client !== lost) return;
    this.client = null;
    this.retryAfterPause();
  }

  private retryAfterPause(): void {
    this.retry = setTimeout(() => {
      this.retry = null;
      void this.reconnect();
    }, this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  private async reconnect(): Promise<void> {
    try {
      await this.connect();
      this.tell(await this.newest());
    } catch (error) {
      this.log.warn({ err: error }, 'the event log cannot reconnect yet');
      if (!this.closed && this.client === null) this.retryAfterPause();
    }
  }

  /** One listener's exception keeps nobody else from hearing. */
  private tell(newest: number): void {
    this.recent.tell(newest);
    for (const listener of this.listeners) {
      try {
        listener(newest);
      } catch (error) {
        this.log.error({ err: error }, 'a listener of the event log failed');
      }
    }
  }
}
