import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Mp3Encoder, spoolToWav, type Encoded } from '../media/recording/mp3.ts';

export type AudioFormat = 'mp3' | 'wav';
export type Channels = 1 | 2;

/** Everything but the MP3 with both channels can be made again. */
const KEPT = '.2.mp3';

/** A spool is two channels of mu-law at 8 kHz: 16 bytes a millisecond. */
const BYTES_PER_MS = 16;

export function durationOfSpool(bytes: number): number {
  return Math.floor(bytes / BYTES_PER_MS);
}

/** Where recordings are, and the forms in which they can be had; made when first asked for. */
export class RecordingFiles {
  readonly folder: string;
  readonly #encoder = new Mp3Encoder();
  readonly #making = new Map<string, Promise<string>>();

  constructor(folder: string) {
    this.folder = folder;
  }

  spool(sid: string): string {
    return join(this.folder, `${sid}.ulaw2`);
  }

  path(sid: string, format: AudioFormat, channels: Channels): string {
    return join(this.folder, `${sid}.${channels}.${format}`);
  }

  /** The path of the file, once it exists. */
  async have(sid: string, format: AudioFormat, channels: Channels): Promise<string> {
    const path = this.path(sid, format, channels);
    if (existsSync(path)) return path;
    let making = this.#making.get(path);
    if (making === undefined) {
      making = this.#make(sid, format, channels, path).finally(() => this.#making.delete(path));
      this.#making.set(path, making);
    }
    return making;
  }

  /** Makes the MP3 with both channels. @throws with `code` ENOSPC when the disk is full. */
  async encode(sid: string): Promise<Encoded> {
    const path = this.path(sid, 'mp3', 2);
    const encoded = await this.#encoder.encode(this.spool(sid), `${path}.part`, { channels: 2 });
    await rename(`${path}.part`, path);
    return encoded;
  }

  /**
   * Removes what was written before `before` and can be made again: spools, WAVs, mono MP3s.
   * `mayGo` is asked for each recording. @returns how many files went.
   */
  async tidy(before: number, mayGo: (sid: string) => boolean): Promise<number> {
    let gone = 0;
    for (const name of await readdir(this.folder)) {
      if (name.endsWith(KEPT) || !mayGo(name.split('.')[0] ?? '')) continue;
      const path = join(this.folder, name);
      // One that is just being renamed is not old.
      const file = await stat(path).catch(() => null);
      if (file === null || file.mtimeMs >= before) continue;
      await rm(path, { force: true });
      gone += 1;
    }
    return gone;
  }

  /** An encoding that runs is broken off; the next start takes it up again. */
  async close(): Promise<void> {
    await this.#encoder.close();
  }

  async remove(sid: string): Promise<void> {
    const forms = (['mp3', 'wav'] as const).flatMap((format) =>
      ([1, 2] as const).map((channels) => this.path(sid, format, channels)),
    );
    await Promise.all([this.spool(sid), ...forms].map((path) => rm(path, { force: true })));
  }

  async #make(sid: string, format: AudioFormat, channels: Channels, path: string): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    const part = `${path}.part`;
    const spool = await this.#haveSpool(sid);
    if (format === 'mp3') await this.#encoder.encode(spool, part, { channels });
    else await spoolToWav(spool, part, { channels });
    await rename(part, path);
    return path;
  }

  /** The spool, made of the MP3 once it is tidied away. */
  async #haveSpool(sid: string): Promise<string> {
    const spool = this.spool(sid);
    const mp3 = this.path(sid, 'mp3', 2);
    if (existsSync(spool) || !existsSync(mp3)) return spool;
    // Two forms may be asked for at once: each makes its own, and the last one stays.
    const part = `${spool}.${randomUUID()}.part`;
    await this.#encoder.restore(mp3, part);
    await rename(part, spool);
    return spool;
  }
}
