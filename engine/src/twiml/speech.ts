import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkshopError, type Workshop } from '../sound/workshop.ts';
import { TWIML, TwimlProblem } from './problem.ts';
import type { Voice } from './voices.ts';

/** Speech is kept so that what is said often is spoken once; the oldest goes first. */
const MOST_FILES = 500;

/** Turns text into sound files, once for each text and voice. */
export class Speech {
  readonly #folder: string;
  readonly #workshop: Workshop;
  readonly #making = new Map<string, Promise<string>>();
  #made = 0;

  constructor(folder: string, workshop: Workshop) {
    this.#folder = folder;
    this.#workshop = workshop;
  }

  /**
   * The path of a file that the media process can play. `ssml` is a whole <speak> document. @throws TwimlProblem where there is no voice
   */
  async say(ssml: string, voice: Voice): Promise<string> {
    const name = createHash('sha256')
      .update(`${voice.name} ${voice.pitch}\n${ssml}`)
      .digest('hex')
      .slice(0, 32);
    const path = join(this.#folder, `${name}.wav`);
    if (existsSync(path)) {
      const now = new Date();
      await utimes(path, now, now);
      return path;
    }
    let making = this.#making.get(path);
    if (making === undefined) {
      making = this.#make(ssml, voice, path).finally(() => this.#making.delete(path));
      this.#making.set(path, making);
    }
    return making;
  }

  async #make(ssml: string, voice: Voice, path: string): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    if (this.#made++ % 50 === 0) await this.#prune();
    try {
      await this.#workshop.do({ do: 'say', ssml, ...voice, to: path });
      return path;
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      const code = error.why === 'no_voice' ? TWIML.schema : TWIML.sayText;
      const what = error.why === 'no_voice' ? 'no voice is installed' : 'it cannot be spoken';
      throw new TwimlProblem(code, `<Say>: ${what} (${error.message})`);
    }
  }

  async #prune(): Promise<void> {
    const files = (await readdir(this.#folder)).map((name) => join(this.#folder, name));
    if (files.length <= MOST_FILES) return;
    const aged = await Promise.all(
      files.map(async (path) => ({ path, usedAt: (await stat(path)).mtimeMs })),
    );
    aged.sort((a, b) => a.usedAt - b.usedAt);
    const old = aged.slice(0, files.length - MOST_FILES);
    await Promise.all(old.map(({ path }) => rm(path, { force: true })));
  }
}
