import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { identify, isAlive, type ProcessIdentity, signal } from './process-identity.ts';
import { until } from './until.ts';

const Identity = z.object({ pid: z.number().int(), began: z.string() });
const Running = z.object({ start: Identity, children: z.array(Identity) });
type Running = z.infer<typeof Running>;

/** Long enough for the programs to notice that we are gone and to finish what they do. */
const LEFTOVERS_MS = 10_000;

/** Somebody else runs on this data folder. */
export class AlreadyRunning extends Error {
  constructor(dataFolder: string, pid: number) {
    super(
      `Offhook is already running on ${dataFolder} (process ${pid}). ` +
        'Stop that one first, or set OFFHOOK_DATA to another folder.',
    );
    this.name = 'AlreadyRunning';
  }
}

/** Our claim on a data folder: `<data>/running.json` says who we are and whom we started. */
export interface Claim {
  /** What an earlier, killed start left running is gone when this settles. */
  endLeftovers(): Promise<void>;
  /** Our children as they are now, so that a later start can find them. */
  note(children: ProcessIdentity[]): void;
  release(): void;
}

/** @throws AlreadyRunning */
export function claim(dataFolder: string): Claim {
  const file = join(dataFolder, 'running.json');
  const own = identify(process.pid);
  if (!own) throw new Error('This system does not say when a process began.');
  const leftovers: ProcessIdentity[] = [];
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ start: own, children: [] } satisfies Running));
  try {
    // A link to a whole file: nobody ever reads half of it, and only one of two can make it.
    while (!linked(mine, file)) {
      const other = read(file);
      if (other && isAlive(other.start)) throw new AlreadyRunning(dataFolder, other.start.pid);
      leftovers.push(...(other?.children ?? []));
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return {
    endLeftovers: () => end(leftovers),
    note: (children) => {
      writeFileSync(mine, JSON.stringify({ start: own, children } satisfies Running));
      renameSync(mine, file);
    },
    release: () => {
      rmSync(file, { force: true });
    },
  };
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** @returns null when it is gone by now, or a power cut spoiled it. */
function read(file: string): Running | null {
  try {
    return Running.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) return null;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function end(processes: ProcessIdentity[]): Promise<void> {
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    for (const identity of processes) signal(identity, name);
    if (await until(() => !processes.some(isAlive), LEFTOVERS_MS)) return;
  }
}
