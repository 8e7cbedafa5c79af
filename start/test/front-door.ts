import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test/support/free-port.ts';

export const ROOT = join(import.meta.dirname, '..', '..');

export interface DoorOptions {
  /** Top of the checkout; absent: this one. */
  checkout?: string;
  /** Absent: a folder of its own under the system's temporary one. */
  dataFolder?: string;
  /** As whom; absent: as we are. */
  uid?: number;
  env?: Record<string, string>;
}

/** `npm start` as people run it, on ports and a data folder of its own. */
export class FrontDoor {
  output = '';
  #child: ChildProcess | null = null;
  #gone: Promise<number | null> = Promise.resolve(null);

  private constructor(
    readonly dataFolder: string,
    readonly env: Record<string, string>,
    private readonly options: DoorOptions,
  ) {}

  static async prepare(options: DoorOptions = {}): Promise<FrontDoor> {
    const dataFolder =
      options.dataFolder ?? join(mkdtempSync(join(tmpdir(), 'offhook-door-')), 'data');
    const { PATH = '' } = process.env;
    const web = process.env.OFFHOOK_TEST_WEB;
    const env = {
      PATH,
      HOME: '/',
      PORT: String(await freePort()),
      ENGINE_PORT: String(await freePort()),
      ENGINE_UDP_PORT: '0',
      OFFHOOK_DATA: dataFolder,
      // Building the pages is a story of its own; the others borrow what the test run built.
      ...(web !== undefined && options.checkout === undefined ? { OFFHOOK_WEB: web } : {}),
      ...options.env,
    };
    return new FrontDoor(dataFolder, env, options);
  }

  get url(): string {
    return `http://localhost:${this.env.PORT ?? ''}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Settles when it is ready. @throws Error with all that it said when it ends before. */
  async start(): Promise<this> {
    this.#spawn();
    await this.says(/Offhook is ready: /);
    return this;
  }

  /** For a start that is expected to fail: its exit code. */
  async runToEnd(): Promise<number | null> {
    this.#spawn();
    return this.#gone;
  }

  /** Settles when its output matches; what it has said so far counts. */
  async says(pattern: RegExp): Promise<void> {
    const child = this.#child;
    if (!child) throw new Error('it was not started');
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (pattern.test(this.output)) resolve();
      };
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
      child.once('close', () => {
        reject(new Error(`it ended without saying ${String(pattern)}:\n${this.output}`));
      });
      look();
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.#child?.kill(signal);
    return this.#gone;
  }

  /** The programs it started, as it notes them for a later start; PostgreSQL first. */
  pids(): { postgres: number; engine: number; server: number } {
    const running = JSON.parse(readFileSync(join(this.dataFolder, 'running.json'), 'utf8')) as {
      children: { pid: number }[];
    };
    const [engine, server] = running.children.map(({ pid }) => pid);
    const lock = join(this.dataFolder, 'postgres', 'cluster', 'postmaster.pid');
    const postgres = existsSync(lock) ? Number.parseInt(readFileSync(lock, 'utf8'), 10) : 0;
    return { postgres, engine: engine ?? 0, server: server ?? 0 };
  }

  remove(): void {
    rmSync(this.dataFolder, { recursive: true, force: true });
  }

  #spawn(): void {
    const { checkout = ROOT, uid } = this.options;
    this.output = '';
    const child = spawn(process.execPath, ['--import', 'tsx', 'start/src/main.ts'], {
      cwd: checkout,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
    this.#gone = new Promise((resolve) => {
      child.once('close', (code) => {
        resolve(code);
      });
    });
  }
}

/** Whether anybody has this number; what is left of a dead child counts as nobody. */
export function runs(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
