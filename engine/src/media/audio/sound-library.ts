import { readFile } from 'node:fs/promises';
import { readWav } from './wav.ts';

/** Hold music and demo voices are a few hundred kilobytes each; this many are kept decoded. */
const KEPT = 64;

/** Decoded sound files by path, read once. */
export class SoundLibrary {
  readonly #sounds = new Map<string, Promise<Int16Array>>();

  /**
   * The samples of a WAV file, shared: do not write to them.
   * @throws if the file cannot be read or is no sound for us (see readWav); not remembered then.
   */
  load(path: string): Promise<Int16Array> {
    const known = this.#sounds.get(path);
    if (known !== undefined) return known;
    const loading = readFile(path).then(readWav);
    this.#sounds.set(path, loading);
    loading.catch(() => this.#sounds.delete(path));
    if (this.#sounds.size > KEPT) {
      const oldest = this.#sounds.keys().next();
      if (oldest.done !== true) this.#sounds.delete(oldest.value);
    }
    return loading;
  }
}
