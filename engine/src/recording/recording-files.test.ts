import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RecordingFiles } from './recording-files.ts';

const SECONDS = 2;
const LONG_AGO = new Date(Date.now() - 48 * 3_600_000);

let folder: string;
let files: RecordingFiles;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-files-'));
  files = new RecordingFiles(folder);
  for (const sid of ['RE1', 'RE2']) {
    await writeFile(files.spool(sid), Buffer.alloc(SECONDS * 16_000, 0xff));
  }
});
afterEach(async () => {
  await files.close();
  await rm(folder, { recursive: true });
});

it('keeps the MP3 and makes every other form of it again after tidying', async () => {
  await files.encode('RE1');
  const before = (await stat(await files.have('RE1', 'wav', 2))).size;
  await files.have('RE1', 'mp3', 1);
  for (const name of await readdir(folder)) await utimes(join(folder, name), LONG_AGO, LONG_AGO);
  await writeFile(files.spool('RE3'), 'of today');
  // RE2 is not encoded yet.
  expect(await files.tidy(Date.now() - 3_600_000, (sid) => sid !== 'RE2')).toBe(3);
  expect((await readdir(folder)).toSorted()).toEqual(['RE1.2.mp3', 'RE2.ulaw2', 'RE3.ulaw2']);
  const both = await Promise.all([files.have('RE1', 'wav', 2), files.have('RE1', 'mp3', 1)]);
  expect((await stat(both[0])).size).toBe(before);
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
});
