import type { LiveCall, LiveHello } from '@offhook/contract';
import type { Asker } from '../person/asker.ts';
import type { EventSource } from './event-source.ts';

/** Where a stream's text goes. */
export interface Sink {
  /** Settles when the reader has room for more; rejects when it is gone. */
  write(text: string): Promise<void>;
  /** Ends the answer. Harmless twice. */
  end(): void;
}

export interface LiveStreamParts {
  source: EventSource;
  sink: Sink;
  asker: Asker;
  /** Who it is by now; null: no longer allowed to look. */
  askAgain: () => Promise<Asker | null>;
  /** The last event that the reader has seen; null: it starts now. */
  after: number | null;
  serverStartedAt: string;
  heartbeatMs: number;
}

/** How many events are read at once; one such batch is all a slow reader makes us hold. */
const BATCH = 100;

/**
 * One reader of the event log: what it missed, then what happens, each event once and in order.
 * It reads only when the reader has taken what came before, so nothing piles up.
 */
export class LiveStream {
  private readonly source: EventSource;
  private readonly sink: Sink;
  private asker: Asker;
  private seen = 0;
  private newest = 0;
  private checkAccess = false;
  private closed = false;
  private wake: (() => void) | null = null;

  constructor(private readonly parts: LiveStreamParts) {
    this.source = parts.source;
    this.sink = parts.sink;
    this.asker = parts.asker;
  }

  get personId(): string {
    return this.asker.personId;
  }

  /** Settles when the stream is over; rejects when the log or the reader fails. */
  async run(): Promise<void> {
    // Listening comes before the first look: what happens in between is not missed.
    const unsubscribe = this.source.subscribe((newest) => {
      this.newest = Math.max(this.newest, newest);
      this.wake?.();
    });
    const heart = setInterval(() => {
      this.checkAccess = true;
      this.wake?.();
    }, this.parts.heartbeatMs);
    try {
      await this.greet();
      while (this.isOpen()) await this.turn();
    } finally {
      clearInterval(heart);
      unsubscribe();
      this.close();
    }
  }

  /** Harmless twice. */
  close(): void {
    this.closed = true;
    this.sink.end();
    this.wake?.();
  }

  /** The reader's rights may have changed: look before the next event is sent. */
  reconsider(): void {
    this.checkAccess = true;
    this.wake?.();
  }

  private async greet(): Promise<void> {
    const seq = await this.source.newest();
    const { after, serverStartedAt } = this.parts;
    this.newest = Math.max(this.newest, seq);
    // A number we never gave out is one of another log, before a restore: it starts now.
    this.seen = after === null || after > seq ? seq : after;
    const hello: LiveHello = { seq, serverStartedAt };
    await this.sink.write(frame('hello', this.seen, hello));
  }

  private async turn(): Promise<void> {
    if (this.checkAccess) await this.heartbeat();
    if (!this.isOpen()) return;
    if (this.newest > this.seen) await this.deliver();
    else if (!this.checkAccess) await this.sleep();
  }

  private async deliver(): Promise<void> {
    const upTo = this.newest;
    const events = await this.source.readAfter(this.seen, this.asker, BATCH);
    if (events.length > 0) await this.sink.write(events.map(callFrame).join(''));
    this.seen = events.at(-1)?.seq ?? this.seen;
    // Up to there the rest was not for this reader: never looked at again.
    if (events.length < BATCH) this.seen = Math.max(this.seen, upTo);
  }

  private async heartbeat(): Promise<void> {
    this.checkAccess = false;
    const asker = await this.parts.askAgain();
    if (asker === null) {
      this.close();
      return;
    }
    this.asker = asker;
    await this.sink.write(`: still here\nid: ${this.seen}\n\n`);
  }

  private async sleep(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.wake = null;
  }

  private isOpen(): boolean {
    return !this.closed;
  }
}

function callFrame(call: LiveCall): string {
  return frame('call', call.seq, call);
}

function frame(event: string, id: number, data: unknown): string {
  return `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}
