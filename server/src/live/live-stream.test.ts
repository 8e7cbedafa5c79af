import type { LiveCall } from '@offhook/contract';
import { describe, expect, test } from 'vitest';
import type { Asker } from '../person/asker.ts';
import type { EventSource } from './event-source.ts';
import { LiveStream, type Sink } from './live-stream.ts';

const asker: Asker = { personId: 'p', name: 'P', role: 'agent', teamId: null, via: 'session' };

/** An event log in memory; every event may be seen unless it is hidden. */
class MemoryLog implements EventSource {
  reads = 0;
  readonly hidden = new Set<number>();
  private listener: (newest: number) => void = () => undefined;
  constructor(private count: number) {}

  async newest(): Promise<number> {
    return this.count;
  }

  async readAfter(seq: number, _asker: Asker, limit: number): Promise<LiveCall[]> {
    this.reads += 1;
    const seqs = Array.from({ length: this.count - seq }, (_, index) => seq + 1 + index);
    // Only the number matters to a stream.
    return seqs
      .filter((number) => !this.hidden.has(number))
      .slice(0, limit)
      .map((number) => ({ seq: number }) as LiveCall);
  }

  subscribe(listener: (newest: number) => void): () => void {
    this.listener = listener;
    return () => (this.listener = () => undefined);
  }

  add(count: number): void {
    this.count += count;
    this.listener(this.count);
  }
}

/** A reader that takes only what it is allowed to. */
class SlowSink implements Sink {
  text = '';
  ended = false;
  private room: (() => void)[] = [];
  private waiting: (() => void)[] = [];
  constructor(private open: boolean) {}

  write(text: string): Promise<void> {
    this.text += text;
    for (const resolve of this.waiting.splice(0)) resolve();
    return this.open ? Promise.resolve() : new Promise((resolve) => this.room.push(resolve));
  }

  end(): void {
    this.ended = true;
    this.flow();
  }

  flow(): void {
    this.open = true;
    for (const resolve of this.room.splice(0)) resolve();
  }

  async until(text: string): Promise<void> {
    while (!this.text.includes(text)) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  get ids(): number[] {
    return [...this.text.matchAll(/^event: call\nid: (\d+)$/gm)].map((match) => Number(match[1]));
  }
}

function open(log: MemoryLog, sink: Sink, after: number | null, more = {}): LiveStream {
  return new LiveStream({
    source: log,
    sink,
    asker,
    askAgain: async () => asker,
    after,
    serverStartedAt: '2026-11-22T20:00:00.000Z',
    heartbeatMs: 60_000,
    ...more,
  });
}

describe('a live stream', () => {
  test('reads no further than the reader has taken', async () => {
    const log = new MemoryLog(1_000);
    const sink = new SlowSink(false);
    const stream = open(log, sink, 0);
    const over = stream.run();
    await sink.until('event: hello');
    log.add(500);
    expect(log.reads).toBe(0);
    sink.flow();
    await sink.until('id: 1500\n');
    expect(log.reads).toBe(15);
    expect(sink.ids).toEqual(Array.from({ length: 1_500 }, (_, index) => index + 1));
    stream.close();
    await over;
    expect(sink.ended).toBe(true);
  });

  test('passes over what is hidden once, and its heartbeat moves the reader on', async () => {
    const log = new MemoryLog(10);
    for (let seq = 3; seq <= 10; seq += 1) log.hidden.add(seq);
    const sink = new SlowSink(true);
    const stream = open(log, sink, 0, { heartbeatMs: 5 });
    const over = stream.run();
    await sink.until(': still here\nid: 10\n');
    expect(sink.ids).toEqual([1, 2]);
    expect(log.reads).toBe(1);
    stream.close();
    await over;
  });

  test('ends when the asker is no longer one', async () => {
    const sink = new SlowSink(true);
    const stream = open(new MemoryLog(0), sink, null, { askAgain: async () => null });
    const over = stream.run();
    await sink.until('event: hello');
    stream.reconsider();
    await over;
    expect(sink.ended).toBe(true);
  });
});
