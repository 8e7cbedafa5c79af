import { spawn } from 'node:child_process';

/** Ends PostgreSQL when we cannot any more. */
export interface Watchdog {
  /** Programs that use PostgreSQL: it waits up to ten seconds for them to finish first. */
  users(pids: number[]): void;
  /** PostgreSQL is gone; nothing is left to watch. */
  close(): void;
}

/**
 * A killed program cannot take its PostgreSQL along. This shell can: it reads from us, and when
 * the line goes dead it waits for the programs named last and asks PostgreSQL to stop.
 */
const SCRIPT = `
users=
while read -r line; do
  [ "$line" = done ] && exit 0
  users=$line
done
turns=0
for pid in $users; do
  while kill -0 "$pid" 2>/dev/null && [ $turns -lt 100 ]; do
    sleep 0.1
    turns=$((turns + 1))
  done
done
kill -INT "$1" 2>/dev/null
`;

export function watchOver(pid: number): Watchdog {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'offhook-postgres-watchdog', String(pid)], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Without it PostgreSQL merely outlives a kill, and the next start ends it.
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
  return {
    users: (pids) => shell.stdin.write(`${pids.join(' ')}\n`),
    close: () => {
      shell.stdin.end('done\n');
    },
  };
}
