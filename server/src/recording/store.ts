import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';

/**
 * Where recordings rest. A key is a relative path such as "2026/11/RE….mp3". Files are written
 * locally first, as a draft, and become visible under their key whole or not at all; a store in the
 * cloud uploads in `keep`.
 */
export interface RecordingStore {
  /** A path of one's own for a file in the making. */
  draft(): Promise<Draft>;
  /** Keeps the draft's file for good under the key, replacing what was there. */
  keep(draft: Draft, key: string): Promise<void>;
  /** Bytes, or null when there is no such file. */
  size(key: string): Promise<number | null>;
  /** Opens the bytes from `start` to `end`, both included; rejects when there is no such file. */
  read(key: string, range?: { start: number; end: number }): Promise<Readable>;
  /** Harmless when there is none. */
  remove(key: string): Promise<void>;
}

export interface Draft {
  /** Absolute; the file does not exist yet. */
  path: string;
  /** Removes what was written; harmless after `keep`. */
  discard(): Promise<void>;
}

const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;
const STALE_DRAFT_MS = 24 * 60 * 60 * 1000;

/** Recordings are private: nobody else on the machine may read them. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** Keeps recordings below one folder. Drafts lie in the same folder, so that a rename is enough. */
export class DiskStore implements RecordingStore {
  readonly #folder: string;
  readonly #drafts: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#drafts = join(folder, 'drafts');
  }

  /** Makes the folder and clears drafts that a crash left behind. Rejects when it cannot write. */
  async open(now: number): Promise<void> {
    await mkdir(this.#drafts, { recursive: true, mode: FOLDER_MODE });
    for (const name of await readdir(this.#drafts)) {
      const path = join(this.#drafts, name);
      const { mtimeMs } = await stat(path);
      if (now - mtimeMs > STALE_DRAFT_MS) await rm(path, { force: true });
    }
  }

  async draft(): Promise<Draft> {
    await mkdir(this.#drafts, { recursive: true, mode: FOLDER_MODE });
    const path = join(this.#drafts, randomUUID());
    return { path, discard: () => rm(path, { force: true }) };
  }

  async keep(draft: Draft, key: string): Promise<void> {
    const path = this.#pathOf(key);
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    const file = await open(draft.path, 'r+');
    try {
      await file.chmod(FILE_MODE);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft.path, path);
    await syncFolder(folder);
  }

  async size(key: string): Promise<number | null> {
    try {
      return (await stat(this.#pathOf(key))).size;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async read(key: string, range?: { start: number; end: number }): Promise<Readable> {
    const file = await open(this.#pathOf(key), 'r');
    // The stream closes the handle when it ends, fails or is destroyed.
    return createReadStream('', { fd: file, ...range });
  }

  async remove(key: string): Promise<void> {
    await rm(this.#pathOf(key), { force: true });
  }

  #pathOf(key: string): string {
    if (!KEY.test(key)) throw new Error(`Not a key of the recording store: ${JSON.stringify(key)}`);
    return join(this.#folder, key);
  }
}

/** Makes the rename itself survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
