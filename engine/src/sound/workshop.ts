import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { tsxArguments } from '../media/tsx.ts';

export type Job =
  /** Speaks a <speak> document into the file `to`, in eSpeak NG's voice `name`; `pitch` 0 to 99. */
  | { do: 'say'; ssml: string; name: string; pitch: number; to: string }
  /** Makes of the sound file `from` (WAV or MP3) one that the media process plays. */
  | { do: 'convert'; from: string; to: string };

export type JobReply =
  { id: number; ok: true } | { id: number; ok: false; why: WorkshopWhy; message: string };

/** no_voice: no speech program is installed. no_sound: the file is no sound that we can read. */
export type WorkshopWhy = 'no_voice' | 'no_sound' | 'failed';

export class WorkshopError extends Error {
  readonly why: WorkshopWhy;

  constructor(why: WorkshopWhy, message: string) {
    super(message);
    this.name = 'WorkshopError';
    this.why = why;
  }
}

interface Waiting {
  resolve: () => void;
  reject: (error: Error) => void;
}

/** With nothing to do, the process ends after this long. */
const IDLE_MS = 10 * 60_000;
/** Nothing that is said or played takes longer to make, unless something hangs. */
const LONGEST_MS = 60_000;

/**
 * Speaks and converts sounds in a process of its own, so that neither signalling nor sound waits
 * for it. It is also where the speech program lives, whose licence (GPL) is its own: we hand it
 * text and it hands back a file. The process starts with the first job.
 */
export class Workshop {
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | null = null;
  #next = 0;
  #idle: NodeJS.Timeout | null = null;
  #closed = false;

  /** Resolves when the file `to` is there, whole. @throws WorkshopError */
  do(job: Job): Promise<void> {
    if (this.#closed) return Promise.reject(new WorkshopError('failed', 'the engine is stopping'));
    if (this.#idle !== null) clearTimeout(this.#idle);
    const id = this.#next++;
    const done = new Promise<void>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const child = this.#child ?? this.#start();
    child.send({ id, job });
    const late = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
    return done.finally(() => {
      clearTimeout(late);
      if (this.#waiting.size === 0) this.#idle = setTimeout(() => this.#end(), IDLE_MS).unref();
    });
  }

  /** Harmless twice. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#idle !== null) clearTimeout(this.#idle);
    const child = this.#child;
    if (child === null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    this.#end();
    await exited;
  }

  #start(): ChildProcess {
    const main = fileURLToPath(new URL('./workshop-main.ts', import.meta.url));
    const child = fork(main, [], {
      execArgv: tsxArguments(),
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    this.#child = child;
    child.on('message', (message) => this.#reply(message as JobReply));
    child.once('error', () => this.#gone(child));
    child.once('exit', () => this.#gone(child));
    return child;
  }

  #reply(reply: JobReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.ok) waiting?.resolve();
    else waiting?.reject(new WorkshopError(reply.why, reply.message));
  }

  #gone(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = null;
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of lost) reject(new WorkshopError('failed', 'the workshop died'));
  }

  #end(): void {
    this.#child?.kill();
  }
}
