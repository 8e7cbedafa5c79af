import { mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DiskStore } from './store.ts';

let folder: string;
let store: DiskStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offhook-store-'));
  store = new DiskStore(join(folder, 'recordings'));
  await store.open(Date.now());
});
afterEach(() => rm(folder, { recursive: true }));

test('a draft becomes visible under its key, whole and private', async () => {
  const draft = await store.draft();
  await writeFile(draft.path, 'hello recording');
  expect(await store.size('2026/11/a.mp3')).toBeNull();
  await store.keep(draft, '2026/11/a.mp3');
  await draft.discard();
  expect(await store.size('2026/11/a.mp3')).toBe(15);
  expect(await text(await store.read('2026/11/a.mp3'))).toBe('hello recording');
  expect(await text(await store.read('2026/11/a.mp3', { start: 6, end: 8 }))).toBe('rec');
  const path = join(folder, 'recordings/2026/11/a.mp3');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, 'utf8')).toBe('hello recording');
});

test('keeping again replaces, removing twice is harmless', async () => {
  for (const words of ['first', 'second']) {
    const draft = await store.draft();
    await writeFile(draft.path, words);
    await store.keep(draft, 'a.mp3');
  }
  expect(await text(await store.read('a.mp3'))).toBe('second');
  await store.remove('a.mp3');
  await store.remove('a.mp3');
  expect(await store.size('a.mp3')).toBeNull();
  await expect(store.read('a.mp3')).rejects.toThrow(/ENOENT/);
});

test('a discarded draft leaves nothing; forgotten drafts are cleared a day later', async () => {
  const draft = await store.draft();
  await writeFile(draft.path, 'half');
  await draft.discard();
  const forgotten = await store.draft();
  await writeFile(forgotten.path, 'half');
  const fresh = await store.draft();
  await writeFile(fresh.path, 'half');
  await utimes(forgotten.path, new Date(0), new Date(0));
  await store.open(Date.now());
  expect(await readdir(join(folder, 'recordings/drafts'))).toHaveLength(1);
});

test('keys cannot lead out of the folder', async () => {
  for (const key of ['../secret', '/etc/passwd', 'a/../../b', '', 'a//b', '.hidden', 'a\0b']) {
    await expect(store.read(key), key).rejects.toThrow(/key/);
  }
});
