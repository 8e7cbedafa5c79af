import { randomUUID } from 'node:crypto';
import { LiveCall, LiveHello, type ErrorBody } from '@offhook/contract';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../test/support/client.ts';
import { CallStore } from '../src/db/call-store.ts';
import { pino } from 'pino';
import { openPlatform, takeIn, type Platform } from './platform.ts';

let platform: Platform;
let administrator: Client;
let store: CallStore;
let me: string;

beforeEach(async () => {
  platform = await openPlatform();
  administrator = platform.visitor();
  me = (await administrator.okSetUp()).person?.id ?? '';
  store = new CallStore(platform.database.db, pino({ level: 'silent' }));
});
afterEach(async () => platform.close());

/** A call of this agent that begins, and is cancelled at once: a handful of events. */
async function makeCall(agentId = me): Promise<string> {
  const { call } = await store.create(
    {
      id: randomUUID().replaceAll('-', ''),
      agentLegId: randomUUID(),
      customerLegId: randomUUID(),
      agent: { id: agentId, name: 'Somebody', teamId: null },
      customer: { number: '+447700900001', name: null },
      limits: { agentJoinMs: 60_000, ringMs: 60_000, maxCallMs: 60_000, agentGraceMs: 0 },
    },
    null,
  );
  await store.apply(call.id, { kind: 'hang_up_asked', by: 'Somebody' });
  return call.id;
}

async function seqsInLog(): Promise<number[]> {
  const rows = await platform.database.db
    .selectFrom('call_event')
    .select('seq')
    .orderBy('seq')
    .execute();
  return rows.map((row) => row.seq);
}

interface Frame {
  event: string;
  id: number;
  data: unknown;
}

/** A reader of /api/live as a browser is one. */
class Reader {
  readonly frames: Frame[] = [];
  readonly over: Promise<void>;
  private text = '';
  private changed: (() => void)[] = [];
  private readonly abort = new AbortController();

  private constructor(readonly response: Response) {
    this.over = this.read();
  }

  static async open(client: Client, query = '', headers = {}): Promise<Reader> {
    return new Reader(await client.fetch('GET', `/api/live${query}`, { headers }));
  }

  get calls(): LiveCall[] {
    return this.frames
      .filter((frame) => frame.event === 'call')
      .map((frame) => LiveCall.parse(frame.data));
  }

  get seqs(): number[] {
    return this.calls.map((call) => call.seq);
  }

  get hello(): LiveHello {
    return LiveHello.parse(this.frames[0]?.data);
  }

  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => this.changed.push(resolve));
  }

  leave(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    const body = this.response.body;
    if (body === null) return;
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    this.abort.signal.addEventListener('abort', () => void reader.cancel());
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      this.take(value);
    }
    this.wake();
  }

  private take(text: string): void {
    const parts = (this.text + text).split('\n\n');
    this.text = parts.pop() ?? '';
    for (const part of parts) {
      const lines = new Map(
        part
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      const data = lines.get('data');
      if (data === undefined) continue;
      const event = lines.get('event') ?? '';
      this.frames.push({ event, id: Number(lines.get('id')), data: JSON.parse(data) });
    }
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.changed.splice(0)) resolve();
  }
}

describe('the live stream', () => {
  test('greets, then tells of each event once, in order, as it happens', async () => {
    await makeCall();
    const reader = await Reader.open(administrator);
    expect(reader.response.headers.get('content-type')).toContain('text/event-stream');
    await reader.until(() => reader.frames.length > 0);
    const before = await seqsInLog();
    expect(reader.hello.seq).toBe(before.at(-1));

    for (let made = 0; made < 5; made += 1) await makeCall();
    const fresh = (await seqsInLog()).slice(before.length);
    await reader.until(() => reader.seqs.length >= fresh.length);
    expect(reader.seqs).toEqual(fresh);
    expect(reader.frames.slice(1).map((frame) => frame.id)).toEqual(fresh);
    reader.leave();
  });

  test('resumes by number, after a header or a query, with no gap and no duplicate', async () => {
    for (let made = 0; made < 60; made += 1) await makeCall();
    const seqs = await seqsInLog();
    expect(seqs.length).toBeGreaterThan(110);
    const last = seqs[3] ?? 0;
    const first = await Reader.open(administrator, '', { 'last-event-id': String(last) });
    const second = await Reader.open(administrator, '?after=0');
    // Events go on while the replay runs.
    const making = (async () => {
      for (let made = 0; made < 20; made += 1) await makeCall();
    })();
    await making;
    const all = await seqsInLog();
    await first.until(() => first.seqs.at(-1) === all.at(-1));
    await second.until(() => second.seqs.at(-1) === all.at(-1));
    expect(first.seqs).toEqual(all.filter((seq) => seq > last));
    expect(second.seqs).toEqual(all);
    first.leave();
    second.leave();
  });

  test('resumes from further back than what is kept at hand', async () => {
    const id = await makeCall();
    const many = Array.from({ length: 1_300 }, (_, at) => ({
      kind: 'call.noted',
      source: 'system',
      text: `Note ${at}.`,
      detail: {},
      at: new Date().toISOString(),
      offsetMs: at,
    }));
    const add = (notes: typeof many) =>
      sql`select append_call_events(${id}, ${JSON.stringify(notes)}::jsonb)`.execute(
        platform.database.db,
      );
    const here = await Reader.open(administrator);
    await here.until(() => here.frames.length > 0);
    const from = here.hello.seq;
    await add(many);
    await here.until(() => here.seqs.length >= many.length);
    const back = await Reader.open(administrator, `?after=${from}`);
    await back.until(() => back.seqs.length >= many.length);
    await add(many.slice(0, 3));
    const all = (await seqsInLog()).filter((seq) => seq > from);
    for (const reader of [here, back]) {
      await reader.until(() => reader.seqs.length >= all.length);
      expect(reader.seqs).toEqual(all);
      reader.leave();
    }
  });

  test('a number from another log, before a restore, starts now', async () => {
    await makeCall();
    const reader = await Reader.open(administrator, '?after=999999');
    await reader.until(() => reader.frames.length > 0);
    const [newest] = (await seqsInLog()).slice(-1);
    expect(reader.hello.seq).toBe(newest);
    await makeCall();
    await reader.until(() => reader.seqs.length > 0);
    expect(reader.seqs[0]).toBeGreaterThan(newest ?? 0);
    reader.leave();
  });

  test('an agent hears of own calls only', async () => {
    const ann = await takeIn(administrator, platform.visitor(), {
      name: 'Ann',
      email: 'ann@example.com',
      role: 'agent',
      teamId: null,
    });
    const reader = await Reader.open(ann.client);
    await makeCall();
    const hers = await makeCall(ann.id);
    await reader.until(
      () => reader.calls.at(-1)?.call.state === 'ending' || reader.seqs.length > 1,
    );
    expect(new Set(reader.calls.map((call) => call.call.id))).toEqual(new Set([hers]));
    reader.leave();
  });

  test('ends at once when the session does, and comes back only with a new one', async () => {
    const ann = await takeIn(administrator, platform.visitor(), {
      name: 'Ann',
      email: 'ann@example.com',
      role: 'supervisor',
      teamId: null,
    });
    const reader = await Reader.open(ann.client);
    await reader.until(() => reader.frames.length > 0);
    await administrator.patch(`/api/people/${ann.id}`, { active: false });
    await reader.over;
    const again = await ann.client.get<ErrorBody>('/api/live');
    expect([again.status, again.body.error.code]).toEqual([401, 'auth.session_expired']);
  });

  test('signing out ends the streams of that session, not those of another', async () => {
    const other = platform.visitor();
    await other.okSignIn();
    const [mine, others] = [await Reader.open(administrator), await Reader.open(other)];
    await mine.until(() => mine.frames.length > 0);
    await others.until(() => others.frames.length > 0);
    await administrator.post('/api/sign-out');
    await mine.over;
    await makeCall();
    await others.until(() => others.seqs.length > 0);
    others.leave();
  });

  test('more rights reach an open stream', async () => {
    const ann = await takeIn(administrator, platform.visitor(), {
      name: 'Ann',
      email: 'ann@example.com',
      role: 'agent',
      teamId: null,
    });
    const reader = await Reader.open(ann.client);
    await reader.until(() => reader.frames.length > 0);
    await administrator.patch(`/api/people/${ann.id}`, { role: 'administrator' });
    const id = await makeCall();
    await reader.until(() => reader.calls.some((call) => call.call.id === id));
    reader.leave();
  });

  test('a lost database connection is made again and nothing is missed', async () => {
    const reader = await Reader.open(administrator);
    await reader.until(() => reader.frames.length > 0);
    const cut = await platform.database.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'offhook-events' and datname = current_database()",
    );
    expect(cut.rowCount).toBe(1);
    await makeCall();
    const all = await seqsInLog();
    await reader.until(() => reader.seqs.at(-1) === all.at(-1));
    expect(reader.seqs).toEqual(all);
    reader.leave();
  });

  test('ends when the server stops', async () => {
    const reader = await Reader.open(administrator);
    await reader.until(() => reader.frames.length > 0);
    const since = Date.now();
    await Promise.all([reader.over, platform.close()]);
    expect(Date.now() - since).toBeLessThan(2_500);
  });
});
