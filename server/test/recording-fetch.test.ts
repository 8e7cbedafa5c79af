import { createHash } from 'node:crypto';
import { readFile, readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../src/call/present.ts';
import type { Asker } from '../src/person/asker.ts';
import { mp3Of } from './recording-audio.ts';
import type { KeptRecording } from './recording-carrier.ts';
import { openHouse, type RecordingHouse } from './recording-house.ts';

let house: RecordingHouse;
let agent: Asker;
let lastSid = 0;
beforeAll(async () => {
  house = await openHouse();
  agent = await house.calls.person('Ada Lovelace');
});
afterAll(() => house.close());

/** A five-second conversation whose recording the carrier has; not yet announced. */
async function recorded(kept: Partial<KeptRecording> = {}, at = house) {
  const who = at === house ? agent : await at.calls.person('Ada Lovelace');
  const call = await at.calls.talked(who, 5000);
  const sid = `RE${String(++lastSid).padStart(32, '0')}`;
  const recording: KeptRecording = {
    sid,
    room: call.room?.sid ?? '',
    status: 'completed',
    startedAt: new Date(call.connectedAt ?? 0),
    audio: { 2: await mp3Of({ hertz: [440, 880], seconds: 5 }) },
    troubles: [],
    ...kept,
  };
  at.carrier.recordings.set(sid, recording);
  const announce = () =>
    at.calls.store.apply(call.id, {
      kind: 'recording_finished',
      recordingId: sid,
      durationMs: 5000,
      detail: {},
    });
  return { call, sid, announce, downloads: () => downloadsOf(sid, at) };
}

function downloadsOf(sid: string, at = house): string[] {
  return at.carrier.requests.filter((line) => line.includes(`${sid}.mp3`));
}

describe('a recording that is announced', () => {
  test('is fetched, checked, stored and shown', async () => {
    const { call, sid, announce } = await recorded();
    await announce();
    const after = await house.calls.recordingIs(call.id, 'ready');
    const file = house.carrier.recordings.get(sid)?.audio[2];
    const shown = await house.recordings.archive.of(after);
    expect(shown).toMatchObject({
      id: sid,
      callId: call.id,
      state: 'ready',
      problem: null,
      flags: [],
      channels: 2,
      speakers: ['agent', 'customer'],
      bytes: file?.length,
      sha256: createHash('sha256')
        .update(file ?? '')
        .digest('hex'),
      audioUrl: `/api/recordings/${sid}/audio`,
      peaksUrl: `/api/recordings/${sid}/peaks`,
    });
    // The carrier names a second; the moment both were connected lies in it and is exact.
    expect(shown?.startedAt).toBe(present(after).connectedAt);
    expect(shown?.fileName).toMatch(/^\d{4}-\d\d-\d\d \d{4} Ada Lovelace to 07700 900001\.mp3$/);
    expect(Math.abs((shown?.durationMs ?? 0) - 5000)).toBeLessThan(250);

    const month = new Date(call.createdAt).toISOString().slice(0, 7).replace('-', '/');
    const stored = await readFile(join(house.folder, 'recordings', month, `${sid}.mp3`));
    expect(stored.equals(file ?? Buffer.alloc(0))).toBe(true);
    const peaks = await house.recordings.archive.peaks(sid, agent);
    expect(peaks.channels).toHaveLength(2);
    expect(peaks.durationMs).toBe(shown?.durationMs);
    expect(await drafts()).toEqual([]);
  });

  test('announced twice is fetched once', async () => {
    const { call, announce, downloads } = await recorded();
    await Promise.all([announce(), announce()]);
    await announce();
    await house.calls.recordingIs(call.id, 'ready');
    await announce();
    expect(downloads()).toHaveLength(1);
  });
});

describe('trouble on the way', () => {
  test('two failures, then it works', async () => {
    const { call, announce, downloads } = await recorded({ troubles: ['error', 'not_there'] });
    await announce();
    await house.calls.recordingIs(call.id, 'ready');
    expect(downloads()).toHaveLength(3);
  });

  test('a broken stream is continued where it broke', async () => {
    const { call, sid, announce, downloads } = await recorded({ troubles: ['break', 'break'] });
    await announce();
    const after = await house.calls.recordingIs(call.id, 'ready');
    expect(downloads()).toHaveLength(3);
    expect(downloads().at(-1)).toMatch(/bytes=[1-9]\d*-$/);
    const shown = await house.recordings.archive.of(after);
    const file = house.carrier.recordings.get(sid)?.audio[2] ?? Buffer.alloc(0);
    expect(shown?.sha256).toBe(createHash('sha256').update(file).digest('hex'));
  });

  test('a carrier that is still working is asked again', async () => {
    const { call, sid, announce } = await recorded({ status: 'processing' });
    await announce();
    const kept = house.carrier.recordings.get(sid);
    await expect.poll(() => house.carrier.requests.at(-1)).toMatch(`${sid}.json`);
    if (kept !== undefined) kept.status = 'completed';
    await house.calls.recordingIs(call.id, 'ready');
  });

  test('a carrier that never delivers: given up, and said so', async () => {
    const { call, announce } = await recorded({
      troubles: Array.from({ length: 100 }, () => 'error' as const),
    });
    await announce();
    const after = await house.calls.recordingIs(call.id, 'failed');
    expect(after.recording).toMatchObject({ problem: 'download_failed' });
    const shown = await house.recordings.archive.of(after);
    expect(shown).toMatchObject({ audioUrl: null, channels: null, speakers: [] });
  });

  test('a recording that the carrier deleted, or could not make', async () => {
    const lost = await recorded();
    house.carrier.recordings.delete(lost.sid);
    await lost.announce();
    expect((await house.calls.recordingIs(lost.call.id, 'failed')).recording?.problem).toBe(
      'download_failed',
    );
    const absent = await recorded({ status: 'absent' });
    await absent.announce();
    expect((await house.calls.recordingIs(absent.call.id, 'absent')).recording?.problem).toBe(
      'nothing_recorded',
    );
  });

  test('what is not sound is refused, and nothing of it stays', async () => {
    const { call, announce } = await recorded({ troubles: ['page'] });
    await announce();
    const after = await house.calls.recordingIs(call.id, 'failed');
    expect(after.recording?.problem).toBe('unreadable');
    expect(await drafts()).toEqual([]);
  });
});

describe('doubts are flagged and the recording kept', () => {
  const flagsOf = async (kept: Partial<KeptRecording>) => {
    const { call, announce, downloads } = await recorded(kept);
    await announce();
    const after = await house.calls.recordingIs(call.id, 'ready');
    const shown = await house.recordings.archive.of(after);
    return { flags: shown?.flags, speakers: shown?.speakers, downloads: downloads() };
  };

  test('one channel only, where the carrier has no two', async () => {
    const audio = { 1: await mp3Of({ hertz: [440], seconds: 5 }) };
    const found = await flagsOf({ audio });
    expect(found).toMatchObject({ flags: ['mono_only'], speakers: ['both'] });
    expect(found.downloads).toHaveLength(2);
    expect(found.downloads[1]).toContain('RequestedChannels=1');
  });

  test('too short, and cut off inside a frame', async () => {
    const file = await mp3Of({ hertz: [440, 880], seconds: 5 });
    const short = await flagsOf({ audio: { 2: await mp3Of({ hertz: [440, 880], seconds: 3 }) } });
    expect(short.flags).toEqual(['length_differs']);
    const cut = await flagsOf({ audio: { 2: file.subarray(0, file.length / 2 + 50) } });
    expect(cut.flags).toEqual(['length_differs', 'cut_short']);
  });
});

describe('what a crash leaves behind', () => {
  test('stored, but the call was not told: told without another download', async () => {
    const { call, sid, announce, downloads } = await recorded();
    await announce();
    await house.calls.recordingIs(call.id, 'ready');
    await house.calls.database.db
      .updateTable('call')
      .set({
        body: JSON.stringify({
          ...(await house.calls.get(call.id)),
          recording: { id: sid, state: 'processing', problem: null, flags: [], durationMs: null },
        }),
      })
      .where('id', '=', call.id)
      .execute();
    await house.recordings.recovery.run();
    await house.calls.recordingIs(call.id, 'ready');
    expect(downloads()).toHaveLength(1);
  });

  test('stored, but the file is damaged on disk: fetched anew', async () => {
    const { call, sid, announce, downloads } = await recorded();
    await announce();
    await house.calls.recordingIs(call.id, 'ready');
    const month = new Date(call.createdAt).toISOString().slice(0, 7).replace('-', '/');
    await truncate(join(house.folder, 'recordings', month, `${sid}.mp3`), 100);
    await house.recordings.jobs['recording.fetch'](
      { callId: call.id, recordingId: sid },
      { number: 1, isLast: false, signal: new AbortController().signal },
    );
    expect(downloads()).toHaveLength(2);
    expect((await house.recordings.archive.playable(sid, agent)).bytes).toBeGreaterThan(10_000);
  });

  test('the callback was lost: the carrier is asked', async () => {
    const { call } = await recorded();
    await house.recordings.recovery.run();
    await house.calls.recordingIs(call.id, 'ready');
  });
});

test('a long recording never sits in memory', async () => {
  const minute = await mp3Of({ hertz: [440, 880], seconds: 60 });
  const long = Buffer.concat(Array.from({ length: 400 }, () => minute)); // 96 MB
  const { call, announce } = await recorded({ audio: { 2: long } });
  let most = 0;
  const before = process.memoryUsage().rss;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss - before);
  }, 20);
  await announce();
  const after = await house.calls.recordingIs(call.id, 'ready', 100_000);
  clearInterval(timer);
  expect(after.recording?.durationMs).toBeGreaterThan(23_000_000);
  expect(most / 2 ** 20).toBeLessThan(150);
  const peaks = await house.recordings.archive.peaks(after.recording?.id ?? '', agent);
  expect(peaks.channels[0]?.length).toBeLessThanOrEqual(20_000);
}, 120_000);

test('the carrier’s copy is deleted where that is wished, and only when ours is safe', async () => {
  const other = await openHouse({ deleteFromCarrier: true });
  try {
    const good = await recorded({}, other);
    await good.announce();
    await other.calls.recordingIs(good.call.id, 'ready');
    await expect.poll(() => other.carrier.recordings.has(good.sid)).toBe(false);
    const bad = await recorded({ troubles: ['page'] }, other);
    await bad.announce();
    await other.calls.recordingIs(bad.call.id, 'failed');
    expect(other.carrier.recordings.has(bad.sid)).toBe(true);
    // Asked for again, ours is there and the carrier is not bothered.
    await rm(join(other.folder, 'recordings', 'drafts'), { recursive: true });
    await other.recordings.jobs['recording.fetch'](
      { callId: good.call.id, recordingId: good.sid },
      { number: 1, isLast: false, signal: new AbortController().signal },
    );
    expect(downloadsOf(good.sid, other)).toHaveLength(1);
  } finally {
    await other.close();
  }
});

function drafts(): Promise<string[]> {
  return readdir(join(house.folder, 'recordings', 'drafts'));
}
