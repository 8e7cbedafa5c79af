import { open, statfs, type FileHandle } from 'node:fs/promises';
import type { RecordEnd } from '../protocol.ts';

export type SpoolProblem = NonNullable<RecordEnd['problem']>;

/** Ten seconds of two channels: a disk that is further behind has failed. */
const MOST_WAITING_BYTES = 160_000;

/**
 * Appends to a file in the background, in order. The first failure is final: everything after it
 * is dropped, and told once.
 */
export class Spool {
  readonly #path: string;
  readonly #minFreeBytes: number;
  readonly #failed: (problem: SpoolProblem, error: unknown) => void;
  #file: FileHandle | null = null;
  #work: Promise<void>;
  #waiting = 0;
  #written = 0;
  #problem: SpoolProblem | null = null;

  /** Creates `path`, which must not exist. `flags` as for fs.open. */
  constructor(
    path: string,
    minFreeBytes: number,
    failed: (problem: SpoolProblem, error: unknown) => void,
    flags = 'wx',
  ) {
    this.#path = path;
    this.#minFreeBytes = minFreeBytes;
    this.#failed = failed;
    this.#work = this.#guard(async () => {
      this.#file = await open(path, flags, 0o600);
      await this.#checkSpace();
    });
  }

  get problem(): SpoolProblem | null {
    return this.#problem;
  }

  /** Bytes that are safely in the file. */
  get written(): number {
    return this.#written;
  }

  /** Takes the buffer over. */
  append(bytes: Buffer): void {
    if (this.#problem !== null) return;
    if (this.#waiting + bytes.length > MOST_WAITING_BYTES) {
      this.#fail('write_failed', new Error('the disk does not keep up'));
      return;
    }
    this.#waiting += bytes.length;
    this.#then(async () => {
      await this.#writeAll(bytes);
      this.#waiting -= bytes.length;
    });
  }

  /** Looks whether the disk is about to be full. */
  checkSpace(): void {
    if (this.#problem === null) this.#then(() => this.#checkSpace());
  }

  /** After everything appended is written, or failed. */
  async close(): Promise<void> {
    await this.#work;
    const file = this.#file;
    this.#file = null;
    // Closing may be the moment at which a failed write is told.
    if (file !== null) await this.#guard(() => file.close());
  }

  #then(step: () => Promise<void>): void {
    this.#work = this.#work.then(() => (this.#problem === null ? this.#guard(step) : undefined));
  }

  async #guard(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#fail(problemOf(error), error);
    }
  }

  #fail(problem: SpoolProblem, error: unknown): void {
    if (this.#problem !== null) return;
    this.#problem = problem;
    this.#failed(problem, error);
  }

  async #writeAll(bytes: Buffer): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      if (this.#file === null) return;
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done);
      done += bytesWritten;
      this.#written += bytesWritten;
    }
  }

  async #checkSpace(): Promise<void> {
    if (this.#minFreeBytes <= 0) return;
    const disk = await statfs(this.#path);
    const free = disk.bavail * disk.bsize;
    if (free < this.#minFreeBytes) {
      this.#fail('disk_full', new Error(`${free} bytes free, ${this.#minFreeBytes} wanted`));
    }
  }
}

function problemOf(error: unknown): SpoolProblem {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code) ? 'disk_full' : 'write_failed';
}
