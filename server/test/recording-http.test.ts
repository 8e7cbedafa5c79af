import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Call, CallDetail, CallsAnswer, Peaks, Recording, Session } from '@offhook/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../test/support/client.ts';
import type { Asker } from '../src/person/asker.ts';
import { codeOf, openPlatform, takeIn, type Platform } from './platform.ts';
import { mp3Of } from './recording-audio.ts';
import { WireCarrier } from './recording-carrier.ts';
import { Calls } from './recording-house.ts';

const SID = `RE${'7'.repeat(32)}`;
let carrier: WireCarrier;
let platform: Platform;
let calls: Calls;
/** Grace administers; Ada is an agent of Sue's team; Tom supervises another, Bob is in none. */
let grace: Client;
let ada: Client;
let sue: Client;
let tom: Client;
let bob: Client;
let adaAsks: Asker;
let callId: string;
let file: Buffer;
const audio = `/api/recordings/${SID}/audio`;

beforeAll(async () => {
  carrier = new WireCarrier();
  await carrier.open();
  platform = await openPlatform({
    TWILIO_API_URL: carrier.apiUrl,
    TWILIO_ACCOUNT_SID: carrier.account.accountSid,
    TWILIO_AUTH_TOKEN: carrier.account.authToken,
  });
  calls = new Calls(platform.database);
  await takePeopleIn();
  // Deadlines are real here, so the call was a moment ago.
  calls.at = Date.now() - 20_000;
  const call = await calls.talked(adaAsks, 5000);
  callId = call.id;
  file = await mp3Of({ hertz: [440, 880], seconds: 5 });
  carrier.recordings.set(SID, {
    sid: SID,
    room: call.room?.sid ?? '',
    status: 'completed',
    startedAt: new Date(call.connectedAt ?? 0),
    audio: { 2: file },
    troubles: [],
  });
});
afterAll(async () => {
  await platform.close();
  await carrier.close();
});

async function takePeopleIn(): Promise<void> {
  grace = platform.visitor();
  await grace.okSetUp();
  const team = async (name: string) =>
    (await grace.post<{ id: string }>('/api/teams', { name })).body.id;
  const [sales, care] = [await team('Sales'), await team('Care')];
  const join = async (name: string, role: string, teamId: string | null) =>
    takeIn(grace, platform.visitor(), { name, email: `${name}@example.com`, role, teamId });
  const [one, two] = [await join('Ada', 'agent', sales), await join('Sue', 'supervisor', sales)];
  const [three, four] = [await join('Tom', 'supervisor', care), await join('Bob', 'agent', null)];
  [ada, sue, tom, bob] = [one.client, two.client, three.client, four.client];
  adaAsks = { personId: one.id, name: 'Ada', role: 'agent', teamId: sales, via: 'session' };
}

test('before it is there', async () => {
  const none = await ada.get(`/api/calls/${callId}/recording`);
  expect([none.status, codeOf(none)]).toEqual([404, 'recording.not_found']);

  // The fact alone, so that nothing fetches it yet.
  await calls.store.apply(callId, { kind: 'recording_started', recordingId: SID, detail: {} });
  const early = await ada.get<Recording>(`/api/calls/${callId}/recording`);
  expect(early.body).toMatchObject({ id: SID, state: 'recording', audioUrl: null, peaksUrl: null });
  const notYet = await ada.get(audio);
  expect([notYet.status, codeOf(notYet)]).toEqual([409, 'recording.not_ready']);
});

test('the page that shows the call learns of it without a reload', async () => {
  const { seq } = await ada.okGet<CallsAnswer>('/api/calls');
  const stream = await ada.fetch('GET', `/api/live?after=${seq}`);
  const states: (string | undefined)[] = [];
  const reading = (async () => {
    for await (const data of sseData(stream)) {
      const { call } = data as { call?: Call };
      if (call?.id !== callId) continue;
      states.push(call.recording?.state);
      if (call.recording?.state === 'ready') return;
    }
  })();
  await calls.store.apply(callId, {
    kind: 'recording_finished',
    recordingId: SID,
    durationMs: 5000,
    detail: {},
  });
  await reading;
  expect(states.at(-1)).toBe('ready');
  const detail = await ada.okGet<CallDetail>(`/api/calls/${callId}`);
  expect(detail.recording).toMatchObject({ audioUrl: audio, channels: 2 });
  expect(detail.call.recording).toMatchObject({ id: SID, state: 'ready', flags: [] });
  expect(detail.events.at(-1)?.kind).toBe('recording.ready');
});

describe('hearing it', () => {
  test('the whole file', async () => {
    const answer = await ada.fetch('GET', audio);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'audio/mpeg',
      'content-length': String(file.length),
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers.get('content-disposition')).toMatch(
      /^inline; filename="\d{4}-\d\d-\d\d \d{4} Ada to 07700 900001\.mp3"/,
    );
    expect(Buffer.from(await answer.arrayBuffer()).equals(file)).toBe(true);
    const saved = await ada.fetch('GET', `${audio}?download=1`);
    expect(saved.headers.get('content-disposition')).toMatch(/^attachment; /);
    await saved.arrayBuffer();
  });

  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=1000-1999', 1000, 1999],
    ['bytes=20000-', 20_000, null],
    ['bytes=-100', -100, null],
    ['bytes=0-99999999', 0, null],
  ])('a part: %s', async (range, start, end) => {
    const answer = await ada.fetch('GET', audio, { headers: { range } });
    const wanted = file.subarray(start, end === null ? undefined : end + 1);
    const first = start < 0 ? file.length + start : start;
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toBe(
      `bytes ${first}-${first + wanted.length - 1}/${file.length}`,
    );
    expect(answer.headers.get('content-length')).toBe(String(wanted.length));
    expect(Buffer.from(await answer.arrayBuffer()).equals(wanted)).toBe(true);
  });

  test('a part that does not exist', async () => {
    const answer = await ada.get(audio, { range: `bytes=${file.length}-` });
    expect([answer.status, codeOf(answer)]).toEqual([416, 'recording.range_invalid']);
    expect(answer.headers.get('content-range')).toBe(`bytes */${file.length}`);
  });

  test('only what changed', async () => {
    const head = await ada.fetch('HEAD', audio);
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String(file.length));
    expect(await head.text()).toBe('');
    const tag = head.headers.get('etag') ?? '';
    const again = await ada.fetch('GET', audio, { headers: { 'if-none-match': tag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const same = { range: 'bytes=0-9', 'if-range': tag };
    expect((await ada.fetch('GET', audio, { headers: same })).status).toBe(206);
    const other = { range: 'bytes=0-9', 'if-range': '"other"' };
    expect((await ada.fetch('GET', audio, { headers: other })).status).toBe(200);
  });

  test('its shape', async () => {
    const peaks = await ada.okGet<Peaks>(`/api/recordings/${SID}/peaks`);
    expect(peaks.perSecond).toBe(50);
    expect(peaks.channels.map((list) => list.length)).toEqual([
      Math.ceil((peaks.durationMs / 1000) * 50),
      Math.ceil((peaks.durationMs / 1000) * 50),
    ]);
  });
});

describe('who may hear it', () => {
  const paths = () => [audio, `/api/recordings/${SID}/peaks`, `/api/calls/${callId}/recording`];

  test('the agent, the supervisor of the team, administrators, and keys of theirs', async () => {
    for (const who of [ada, sue, grace]) {
      for (const path of paths()) expect((await who.get(path)).status).toBe(200);
    }
    const key = await ada.post<{ secret: string }>('/api/api-keys', { name: 'export' });
    const bearer = { authorization: `Bearer ${key.body.secret}` };
    expect((await platform.visitor().get(audio, bearer)).status).toBe(200);
  });

  test('nobody else, who cannot even tell that it exists', async () => {
    for (const who of [tom, bob]) {
      for (const path of paths()) expect((await who.get(path)).status, path).toBe(404);
      const head = await who.fetch('HEAD', audio);
      expect(head.status).toBe(404);
    }
    const unknown = await ada.get('/api/recordings/RE0/audio');
    const hidden = await bob.get(audio);
    expect(codeOf(hidden)).toBe(codeOf(unknown));
    for (const path of paths()) expect((await platform.visitor().get(path)).status).toBe(401);
  });

  test('whoever leaves can no longer hear', async () => {
    const session = await sue.okGet<Session>('/api/session');
    await grace.patch(`/api/people/${session.person?.id}`, { teamId: null });
    expect((await sue.get(audio)).status).toBe(404);
  });

  test('is written down, once for one listening', async () => {
    const rows = await platform.database.db
      .selectFrom('audit')
      .select(['person_id', 'subject', 'detail'])
      .where('action', '=', 'recording.played')
      .orderBy('id')
      .execute();
    expect(rows.every((row) => row.subject === SID && row.detail.call === callId)).toBe(true);
    const adas = rows.filter((row) => row.person_id === adaAsks.personId);
    expect(adas.map((row) => row.detail.downloaded)).toEqual([false, true]);
    expect(rows).toHaveLength(4);
  });
});

test('is described as what it is', async () => {
  const described = await ada.okGet<{ paths: Record<string, unknown> }>('/api/openapi.json');
  expect(described.paths['/api/recordings/{id}/audio']).toMatchObject({
    get: { responses: { 200: { content: { 'audio/mpeg': {} } }, 206: {} } },
  });
});

test('a file that is missing from the disk is said so', async () => {
  const folder = join(platform.dataFolder, 'recordings');
  for (const name of await readdir(folder)) {
    if (name !== 'drafts') await rm(join(folder, name), { recursive: true });
  }
  const answer = await ada.get(audio);
  expect([answer.status, codeOf(answer)]).toEqual([404, 'recording.not_found']);
  expect(JSON.stringify(answer.body)).toContain('missing');
});

/** The data of each server-sent event, read as it comes. */
async function* sseData(response: Response): AsyncGenerator {
  let rest = '';
  const decoder = new TextDecoder();
  if (response.body === null) return;
  for await (const piece of response.body) {
    rest += decoder.decode(piece as Uint8Array, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5))
        .join('\n');
      if (data !== '') yield JSON.parse(data);
    }
  }
}
