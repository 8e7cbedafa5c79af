import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { Inspection } from './inspect.ts';

export interface InspectAsk {
  id: number;
  path: string;
}
export type InspectAnswer = { id: number; inspection: Inspection } | { id: number; error: string };

/** A damaged file may send the decoder round in circles; no healthy file is slower than this. */
const FIXED_MS = 30_000;
const BYTES_PER_MS = 500;

/**
 * Inspects recordings in a thread, so that the server's loop stays free. One file at a time; the
 * thread starts with the first file and lives until `close`. A file that takes far too long is
 * answered as unreadable, and the next gets a new thread.
 */
export class Inspector {
  readonly #limits: { fixedMs: number };
  #worker: Worker | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #lastId = 0;
  #closed = false;

  constructor(limits: { fixedMs?: number } = {}) {
    this.#limits = { fixedMs: limits.fixedMs ?? FIXED_MS };
  }

  /** Rejects when the file cannot be read, the thread dies, or when aborted or closed meanwhile. */
  inspect(path: string, signal?: AbortSignal): Promise<Inspection> {
    const turn = this.#last.then(() => this.#inspectNow(path, signal));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#dropWorker();
    await this.#last;
  }

  async #inspectNow(path: string, signal?: AbortSignal): Promise<Inspection> {
    const { size } = await stat(path);
    signal?.throwIfAborted();
    if (this.#closed) throw new Error('The inspector is closed.');
    const worker = (this.#worker ??= this.#startWorker());
    const id = ++this.#lastId;
    const deadlineMs = this.#limits.fixedMs + size / BYTES_PER_MS;
    const answer = await askWorker(worker, { id, path }, deadlineMs, signal);
    if ('inspection' in answer) return answer.inspection;
    if ('error' in answer) throw new Error(`A recording could not be inspected: ${answer.error}`);
    await this.#dropWorker();
    if ('died' in answer) throw new Error(`A recording could not be inspected: ${answer.died}`);
    return { readable: false, why: 'It cannot be decoded in any reasonable time.' };
  }

  #startWorker(): Worker {
    const worker = new Worker(new URL('./inspect-boot.mjs', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    // Kept alive by the question that is under way, not by itself.
    worker.unref();
    // Whoever waits for an answer learns of it by listeners of its own; an idle thread may end too.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null;
    });
    return worker;
  }

  async #dropWorker(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}

type Reply = InspectAnswer | { died: string } | { late: true };

function askWorker(
  worker: Worker,
  ask: InspectAsk,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<Reply> {
  return new Promise((resolve) => {
    const done = (reply: Reply): void => {
      clearTimeout(deadline);
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      signal?.removeEventListener('abort', onAbort);
      resolve(reply);
    };
    const onMessage = (answer: InspectAnswer): void => {
      if (answer.id === ask.id) done(answer);
    };
    const onError = (error: Error): void => done({ died: error.message });
    const onExit = (): void => done({ died: 'the thread ended.' });
    const onAbort = (): void => done({ died: 'it was interrupted.' });
    const deadline = setTimeout(() => done({ late: true }), deadlineMs);
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
    signal?.addEventListener('abort', onAbort);
    worker.postMessage(ask);
  });
}
