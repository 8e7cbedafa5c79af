import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Ready {
  ready: true;
  port: number;
}

/** One of our programs as a real process: started by tsx, ready when it says so. */
export class Program {
  /** What it wrote, stdout and stderr, newest last. */
  readonly log: string[] = [];
  #child: ChildProcess | null = null;
  #gone: Promise<void> = Promise.resolve();

  constructor(
    readonly name: string,
    /** From the top of the repository: "engine/src/main.ts". */
    private readonly main: string,
    private readonly env: Record<string, string>,
  ) {}

  get pid(): number {
    if (!this.#child?.pid) throw new Error(`${this.name} is not running`);
    return this.#child.pid;
  }

  async start(): Promise<Ready> {
    // Nothing of the developer's own settings may change what a test finds.
    const { PATH = '', HOME = '/', TMPDIR } = process.env;
    const child = spawn(process.execPath, ['--import', 'tsx', this.main], {
      cwd: ROOT,
      env: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...this.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    this.#gone = new Promise((resolve) => {
      child.once('exit', () => {
        this.#child = null;
        resolve();
      });
    });
    this.#read(child.stdout);
    this.#read(child.stderr);
    return new Promise<Ready>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        const last = this.log.slice(-30).join('\n');
        reject(
          new Error(`${this.name} ended (${signal ?? String(code)}) before it was ready:\n${last}`),
        );
      });
      child.on('message', (message) => {
        if ((message as Partial<Ready>).ready === true) resolve(message as Ready);
      });
    });
  }

  /** Settles when the process is gone. Harmless when it is not running. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#child?.kill(signal);
    await this.#gone;
  }

  #read(stream: Readable | null): void {
    if (!stream) return;
    createInterface({ input: stream }).on('line', (line) => {
      this.log.push(line);
      if (process.env.OFFHOOK_TEST_LOG) process.stderr.write(`${this.name}: ${line}\n`);
    });
  }
}
