import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AskFailed, type Requester } from '../callback/request.ts';
import { readWav, WavError } from '../media/audio/wav.ts';
import { WorkshopError, type Workshop } from '../sound/workshop.ts';
import { TWIML, TwimlProblem } from './problem.ts';

export const MAX_AUDIO_BYTES = 20 * 1024 * 1024;
/** A sound is not asked for again for this long. */
const FRESH_MS = 60_000;
const MAX_KNOWN = 500;

interface Known {
  path: string;
  etag: string | null;
  checkedAt: number;
}

/** Sounds that applications play: WAV or MP3, fetched once and kept as files by what is in them. */
export class AudioStore {
  readonly #folder: string;
  readonly #requester: Requester;
  readonly #workshop: Workshop;
  readonly #known = new Map<string, Known>();

  constructor(folder: string, requester: Requester, workshop: Workshop) {
    this.#folder = folder;
    this.#requester = requester;
    this.#workshop = workshop;
  }

  /** The path of a WAV file that the media process can play. @throws TwimlProblem */
  async get(url: string, signal: AbortSignal): Promise<string> {
    const known = this.#known.get(url);
    if (known && existsSync(known.path)) {
      if (Date.now() - known.checkedAt < FRESH_MS) return known.path;
    } else this.#known.delete(url);
    const etag = this.#known.get(url)?.etag ?? null;
    try {
      const reply = await this.#requester.ask({
        url,
        method: 'GET',
        fields: {},
        maxBytes: MAX_AUDIO_BYTES,
        purpose: 'sound',
        signal,
        ...(etag === null ? {} : { headers: { 'if-none-match': etag } }),
      });
      if (reply.status === 304 && known) {
        known.checkedAt = Date.now();
        return known.path;
      }
      return await this.#keep(url, reply.body, reply.headers.etag ?? null);
    } catch (error) {
      if (error instanceof AskFailed) throw new TwimlProblem(error.code, error.message);
      throw error;
    }
  }

  async #keep(url: string, body: Buffer, etag: string | null): Promise<string> {
    const name = createHash('sha256').update(body).digest('hex').slice(0, 32);
    const path = join(this.#folder, `${name}.wav`);
    if (!existsSync(path)) {
      await mkdir(this.#folder, { recursive: true });
      const part = `${path}.${process.hrtime.bigint()}.part`;
      await writeFile(part, body);
      if (isTelephoneSound(body)) await rename(part, path);
      else await this.#convert(url, part, path);
    }
    const oldest = this.#known.keys().next();
    if (this.#known.size >= MAX_KNOWN && !oldest.done) this.#known.delete(oldest.value);
    this.#known.set(url, { path, etag, checkedAt: Date.now() });
    return path;
  }

  async #convert(url: string, from: string, to: string): Promise<void> {
    try {
      await this.#workshop.do({ do: 'convert', from, to });
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      throw new TwimlProblem(TWIML.playFile, `${url} does not play: ${error.message}`);
    } finally {
      await rm(from, { force: true });
    }
  }
}

/** The media process plays it as it is. */
function isTelephoneSound(file: Buffer): boolean {
  try {
    readWav(file);
    return true;
  } catch (error) {
    if (error instanceof WavError) return false;
    throw error;
  }
}
