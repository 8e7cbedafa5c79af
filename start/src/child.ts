import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { identify, type ProcessIdentity } from './process-identity.ts';
import type { ProgramLog } from './program-log.ts';
import { REPOSITORY } from './settings.ts';
import type { Terminal } from './terminal.ts';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;
/** Whoever ran this long is not in a loop of crashes. */
const STEADY_MS = 60_000;
const STOP_PATIENCE_MS = 15_000;
/** How long a dead program's own children may take to follow it. */
const ORPHANS_MS = 2_000;

export interface ChildOptions {
  name: string;
  /** From the top of the repository: "engine/src/main.ts". */
  main: string;
  env: Record<string, string>;
  log: ProgramLog;
  terminal: Terminal;
  /** Its process is another one now, or none. */
  onChange: () => void;
}

/**
 * One of our programs. It runs in a session of its own, so that a Ctrl-C reaches it only through
 * us, in our order; it says `{ ready: true }` over its channel, and when that channel breaks it
 * knows that we are gone and stops. A program that dies is started again.
 */
export class Child {
  #process: ChildProcess | null = null;
  /** Its last line is read: nobody it started is left either. */
  #closed: Promise<void> = Promise.resolve();
  #restart: NodeJS.Timeout | null = null;
  #deaths = 0;
  #closing: Promise<void> | null = null;

  constructor(private readonly options: ChildOptions) {}

  /** Null while it is down. */
  get identity(): ProcessIdentity | null {
    const pid = this.#process?.pid;
    return pid === undefined ? null : identify(pid);
  }

  /** Settles when it is ready. @throws Error with its last words when it ends before that. */
  async start(): Promise<void> {
    const { name, log, terminal } = this.options;
    await this.#launch(({ wasReady, ranMs, end }) => {
      if (this.#closing || !wasReady) return;
      if (ranMs > STEADY_MS) this.#deaths = 0;
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#deaths++);
      terminal.warn(`The ${name} ended unexpectedly (${end}); starting it again.`);
      this.#startAgainIn(wait);
    }).catch((error: unknown) => {
      throw new Error([`The ${name} did not start.`, ...log.last()].join('\n'), { cause: error });
    });
  }

  /** Harmless twice. */
  async close(): Promise<void> {
    this.#closing ??= this.#stop();
    return this.#closing;
  }

  /** When there is no more time: takes its own children along. */
  kill(): void {
    killGroup(this.#process?.pid);
  }

  #startAgainIn(waitMs: number): void {
    const { name, terminal } = this.options;
    this.#restart = setTimeout(() => {
      this.#restart = null;
      this.start().then(
        () => {
          terminal.say(`The ${name} is running again.`);
        },
        (error: unknown) => {
          if (this.#closing) return;
          const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#deaths++);
          const why = error instanceof Error ? error.message : String(error);
          terminal.warn(`${why}\nTrying again in ${Math.ceil(wait / 1000)} s.`);
          this.#startAgainIn(wait);
        },
      );
    }, waitMs);
  }

  async #launch(
    onExit: (exit: { wasReady: boolean; ranMs: number; end: string }) => void,
  ): Promise<void> {
    const { main, env, log, onChange } = this.options;
    const began = Date.now();
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), main], {
      cwd: REPOSITORY,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.line(line);
      });
    }
    this.#closed = new Promise((resolve) => {
      child.once('close', resolve);
    });
    await new Promise<void>((resolve, reject) => {
      let wasReady = false;
      child.on('message', (message: { ready?: boolean } | null) => {
        if (message?.ready !== true) return;
        wasReady = true;
        resolve();
      });
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        const end = signal ?? `code ${code ?? '?'}`;
        void this.#silence(child).then(() => {
          this.#process = null;
          onChange();
          onExit({ wasReady, ranMs: Date.now() - began, end });
          reject(new Error(end));
        });
      });
      onChange();
    });
  }

  /** After its end: its last lines are read, and what it started itself is gone. */
  async #silence(child: ChildProcess): Promise<void> {
    const late = setTimeout(() => {
      killGroup(child.pid);
    }, ORPHANS_MS);
    await this.#closed;
    clearTimeout(late);
  }

  async #stop(): Promise<void> {
    if (this.#restart) clearTimeout(this.#restart);
    const child = this.#process;
    if (!child) return;
    child.kill('SIGTERM');
    const late = setTimeout(() => {
      this.options.terminal.warn(`The ${this.options.name} does not stop; ending it.`);
      this.kill();
    }, STOP_PATIENCE_MS);
    await this.#closed;
    clearTimeout(late);
  }
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
