import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mp3Of } from '../../test/recording-audio.ts';
import { Inspector } from './inspector.ts';

let folder: string;
let inspector: Inspector;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-inspect-'));
  inspector = new Inspector();
});
afterAll(async () => {
  await inspector.close();
  await inspector.close();
  await rm(folder, { recursive: true });
});

async function inspect(name: string, data: Buffer) {
  const path = join(folder, name);
  await writeFile(path, data);
  return inspector.inspect(path);
}

test('measures a healthy two-channel file', async () => {
  const file = await mp3Of({ hertz: [440, 0], seconds: 5, loud: 0.5 });
  const found = await inspect('stereo.mp3', file);
  if (!found.readable) throw new Error(found.why);
  expect(found).toMatchObject({ channels: 2, endsInFrame: false, bytes: file.length });
  expect(found.sha256).toBe(createHash('sha256').update(file).digest('hex'));
  // An MP3 is padded to whole frames of 72 ms at both ends.
  expect(found.durationMs).toBeGreaterThanOrEqual(5000);
  expect(found.durationMs).toBeLessThan(5250);
  const middle = found.peaks.channels.map((list) => list.slice(50, 200));
  expect(Math.min(...(middle[0] ?? []))).toBeGreaterThan(0.4);
  expect(Math.max(...(middle[1] ?? []))).toBeLessThan(0.01);
});

test('tells one channel from two', async () => {
  const found = await inspect('mono.mp3', await mp3Of({ hertz: [440], seconds: 2 }));
  expect(found).toMatchObject({ readable: true, channels: 1 });
  expect(found.readable && found.peaks.channels).toHaveLength(1);
});

test('keeps a file that was cut off, and says so', async () => {
  const file = await mp3Of({ hertz: [440, 880], seconds: 4 });
  const found = await inspect('cut.mp3', file.subarray(0, file.length / 2 + 100));
  expect(found).toMatchObject({ readable: true, endsInFrame: true });
});

test('refuses what is not sound', async () => {
  const page = Buffer.from('<html>Not found</html>'.repeat(1000));
  expect(await inspect('page.mp3', page)).toMatchObject({ readable: false });
  expect(await inspect('empty.mp3', Buffer.alloc(0))).toMatchObject({ readable: false });
  const noise = Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 7919 + (i >> 3)) % 256));
  expect(await inspect('noise.mp3', noise)).toMatchObject({ readable: false });
});

test('rejects when there is no such file', async () => {
  await expect(inspector.inspect(join(folder, 'none.mp3'))).rejects.toThrow(/ENOENT/);
});

test('gives up on a file that takes too long, and goes on with the next', async () => {
  const hasty = new Inspector({ fixedMs: 0 });
  const path = join(folder, 'long.mp3');
  await writeFile(path, await mp3Of({ hertz: [440, 880], seconds: 5 }));
  expect(await hasty.inspect(path)).toMatchObject({ readable: false });
  await hasty.close();
  await expect(hasty.inspect(path)).rejects.toThrow(/closed/);
});

test('stops at once when it is interrupted, and goes on with the next', async () => {
  const path = join(folder, 'interrupted.mp3');
  await writeFile(path, await mp3Of({ hertz: [440, 880], seconds: 60 }));
  const stop = new AbortController();
  const under = inspector.inspect(path, stop.signal);
  const waiting = inspector.inspect(path);
  setImmediate(() => stop.abort());
  await expect(under).rejects.toThrow();
  expect(await waiting).toMatchObject({ readable: true, channels: 2 });
});
