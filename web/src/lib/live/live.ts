import { LiveCall } from '@offhook/contract';
import type { FeedCommand, FeedMessage } from './feed.ts';
import type { LiveStatus } from './status.ts';
import { openTransport, type Transport } from './transport.ts';

/** How many events are kept for answers that were already on their way when they came. */
const KEPT = 300;

/** Live events as this tab hears them. One per page; closed with it. */
export class Live {
  #status: LiveStatus = 'closed';
  #recent: LiveCall[] = [];
  #aheadMs: number | null = null;
  readonly #calls = new Set<(message: LiveCall) => void>();
  readonly #resyncs = new Set<() => void>();
  readonly #statuses = new Set<() => void>();
  readonly #transport: Transport;

  constructor() {
    this.#transport = openTransport(
      (message) => this.#heard(message),
      () => this.#recent.at(-1)?.seq ?? null,
    );
  }

  get status(): LiveStatus {
    return this.#status;
  }

  /** open: someone is signed in. again: signed in anew. close: signed out (in every tab). */
  command(command: FeedCommand): void {
    this.#transport.send(command);
  }

  /** Every event of every call this person may see, in order. Returns unsubscribe. */
  subscribe(listener: (message: LiveCall) => void): () => void {
    return add(this.#calls, listener);
  }

  /** Events may have been missed: what is on the page must be asked for again. */
  onResync(listener: () => void): () => void {
    return add(this.#resyncs, listener);
  }

  onStatus = (listener: () => void): (() => void) => add(this.#statuses, listener);

  /** Milliseconds since the epoch by the server's clock, as well as can be told from here. */
  serverNow(): number {
    return Date.now() - (this.#aheadMs ?? 0);
  }

  /** Events newer than an answer that carried this number. */
  after(seq: number): LiveCall[] {
    return this.#recent.filter((message) => message.seq > seq);
  }

  close(): void {
    this.#transport.close();
    this.#calls.clear();
    this.#resyncs.clear();
    this.#statuses.clear();
  }

  /** The quickest event is late only by its journey: it tells best how far the clocks are apart. */
  #compareClocks(at: string): void {
    const ahead = Date.now() - Date.parse(at);
    this.#aheadMs = this.#aheadMs === null ? ahead : Math.min(this.#aheadMs, ahead);
  }

  #heard(message: FeedMessage): void {
    switch (message.type) {
      case 'status':
        this.#status = message.status;
        for (const listener of this.#statuses) listener();
        return;
      case 'resync':
        for (const listener of this.#resyncs) listener();
        return;
      case 'call': {
        const parsed = LiveCall.safeParse(message.data);
        // A shape we do not know: an update of the server. Asking again says so in words.
        if (!parsed.success) return this.#heard({ type: 'resync' });
        if (!message.replayed) this.#compareClocks(parsed.data.event.at);
        this.#recent = [...this.#recent.slice(1 - KEPT), parsed.data];
        for (const listener of this.#calls) listener(parsed.data);
      }
    }
  }
}

function add<T>(set: Set<T>, listener: T): () => void {
  set.add(listener);
  return () => void set.delete(listener);
}
