import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { identify, postgresIn, signal } from '../process-identity.ts';
import { until } from '../until.ts';

/** PostgreSQL's own shutdown signals: fast cuts connections and saves; immediate saves nothing. */
const FAST = 'SIGINT';
const IMMEDIATE = 'SIGQUIT';
const PATIENCE_MS = 15_000;

/**
 * Ends a PostgreSQL that outlived the program that started it: the cluster is ours again.
 *
 * @returns whether there was one.
 */
export async function endLeftovers(clusterPath: string): Promise<boolean> {
  if (!existsSync(clusterPath)) return false;
  const cluster = realpathSync(clusterPath);
  const found = postgresIn(cluster);
  if (found.length === 0) {
    forgetStranger(cluster);
    return false;
  }
  const postmaster = postmasterOf(cluster);
  for (const name of [FAST, IMMEDIATE, 'SIGKILL'] as const) {
    // Without their postmaster, the others leave by themselves; a push does no harm.
    const targets = found.filter((pid) => pid === postmaster || !found.includes(postmaster ?? 0));
    for (const pid of name === 'SIGKILL' ? postgresIn(cluster) : targets) {
      const identity = identify(pid);
      if (identity) signal(identity, name);
    }
    if (await until(() => postgresIn(cluster).length === 0, PATIENCE_MS)) {
      forgetStranger(cluster);
      return true;
    }
  }
  throw new Error(
    `An earlier PostgreSQL in ${cluster} cannot be stopped (pid ${found.join(', ')}).`,
  );
}

function postmasterOf(cluster: string): number | null {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return null;
  return Number.parseInt(readFileSync(file, 'utf8'), 10);
}

/**
 * PostgreSQL refuses to start when anybody has the number in its old lock file: after a restart of
 * the machine that may be any program, and after a kill the dead one itself, until somebody
 * collects it. We know that neither is a PostgreSQL of this cluster. A number nobody has is left
 * for PostgreSQL to judge.
 */
function forgetStranger(cluster: string): void {
  const pid = postmasterOf(cluster);
  if (pid !== null && isTaken(pid)) rmSync(join(cluster, 'postmaster.pid'));
}

function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
