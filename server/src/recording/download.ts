import { open, type FileHandle } from 'node:fs/promises';
import type { Download, RecordingSource } from './ports.ts';

export interface DownloadLimits {
  /** Longest wait for the next bytes. */
  idleMs: number;
  maxBytes: number;
  /** How often a broken stream is continued before the whole attempt counts as failed. */
  resumes: number;
}

const LIMITS: DownloadLimits = { idleMs: 30_000, maxBytes: 2 ** 30, resumes: 5 };

export interface DownloadTo {
  carrierId: string;
  /** Created or overwritten. */
  path: string;
  signal: AbortSignal;
}

/**
 * Fetches the MP3 into a file, piece by piece, two channels if the carrier has them. A stream that
 * breaks is continued where it broke, if the carrier can. Rejects when it is worth trying again;
 * answers false when the carrier no longer has it.
 */
export async function downloadTo(
  source: RecordingSource,
  { carrierId, path, signal }: DownloadTo,
  limits: DownloadLimits = LIMITS,
): Promise<boolean> {
  const file = await open(path, 'w', 0o600);
  try {
    for (const channels of [2, 1] as const) {
      const fetching = new Fetching(source, { carrierId, channels }, file, limits, signal);
      const end = await fetching.run();
      if (end === 'gone') return false;
      if (end === 'complete') return true;
    }
    throw new Error('The carrier has this recording with neither two channels nor one.');
  } finally {
    await file.close();
  }
}

type End = 'complete' | Exclude<Download['kind'], 'audio'>;

class Fetching {
  #offset = 0;
  #tag: string | null = null;

  constructor(
    private readonly source: RecordingSource,
    private readonly what: { carrierId: string; channels: 1 | 2 },
    private readonly file: FileHandle,
    private readonly limits: DownloadLimits,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<End> {
    for (let resumes = 0; ; resumes++) {
      const had = this.#offset;
      try {
        return await this.#attempt();
      } catch (error) {
        this.signal.throwIfAborted();
        // Without progress, or without a way to continue, the job's own pace of retrying is better.
        const canContinue = this.#tag !== null && this.#offset > had;
        if (!canContinue || resumes >= this.limits.resumes) throw error;
      }
    }
  }

  async #attempt(): Promise<End> {
    const idle = new AbortController();
    const timer = setTimeout(() => {
      idle.abort(new Error(`The carrier sent nothing for ${this.limits.idleMs} ms.`));
    }, this.limits.idleMs);
    try {
      const answer = await this.source.download({
        ...this.what,
        ...(this.#tag === null ? {} : { resume: { offset: this.#offset, tag: this.#tag } }),
        signal: AbortSignal.any([this.signal, idle.signal]),
      });
      if (answer.kind !== 'audio') return answer.kind;
      if (answer.offset !== this.#offset) await this.#startOver();
      this.#tag = answer.tag;
      for await (const piece of answer.body) {
        timer.refresh();
        await this.#write(piece);
      }
      return 'complete';
    } finally {
      clearTimeout(timer);
    }
  }

  async #startOver(): Promise<void> {
    this.#offset = 0;
    await this.file.truncate(0);
  }

  async #write(piece: Uint8Array): Promise<void> {
    if (this.#offset + piece.length > this.limits.maxBytes) {
      this.#tag = null;
      throw new Error(`The recording is larger than ${this.limits.maxBytes} bytes.`);
    }
    await this.file.write(piece, 0, piece.length, this.#offset);
    this.#offset += piece.length;
  }
}
