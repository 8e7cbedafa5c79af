import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it began, in the system's own words; compared, never read. */
  began: string;
}

/** @returns null when there is no such process, or only what is left of a dead one. */
export function identify(pid: number): ProcessIdentity | null {
  const began = process.platform === 'linux' ? beganOnLinux(pid) : beganElsewhere(pid);
  return began === null ? null : { pid, began };
}

export function isAlive({ pid, began }: ProcessIdentity): boolean {
  return identify(pid)?.began === began;
}

/** Sends the signal if the process still is who it was. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** proc(5): after the name in brackets come the state and, as field 22, the start time. */
function beganOnLinux(pid: number): string | null {
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

function beganElsewhere(pid: number): string | null {
  return readOrNull(() => ps('-o', 'lstart=', '-p', String(pid)).trim() || null);
}

/** The PostgreSQL processes whose home is this cluster, the first of them included. */
export function postgresIn(cluster: string): number[] {
  if (process.platform !== 'linux') {
    return ps('-axo', 'pid=,command=')
      .split('\n')
      .filter((line) => line.includes('postgres') && line.includes(`-D ${cluster}`))
      .map((line) => Number.parseInt(line, 10));
  }
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      const home = readOrNull(() => readlinkSync(`/proc/${pid}/cwd`));
      const program = readOrNull(() => readlinkSync(`/proc/${pid}/exe`));
      return home === cluster && program !== null && basename(program).startsWith('postgres');
    });
}

function ps(...args: string[]): string {
  return execFileSync('ps', args, { encoding: 'utf8', maxBuffer: 50_000_000 });
}

/** Processes come and go, and others' are closed to us: both mean "not ours to see". */
function readOrNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
