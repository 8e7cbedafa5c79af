import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The telephones and the proxy that the stories talk to, by their programs and Debian's packages. */
const SIP_PEERS = { sipp: 'sip-tester', baresip: 'baresip', kamailio: 'kamailio' } as const;

/** The program's path, looked for in PATH and where services live; null: not installed. */
export function findProgram(...names: string[]): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin'];
  const places = names.flatMap((name) => folders.filter(Boolean).map((one) => join(one, name)));
  return places.find(isProgram) ?? null;
}

/** Packages of the SIP peers that are not here. */
export function missingSipPeers(): string[] {
  return Object.entries(SIP_PEERS)
    .filter(([program]) => findProgram(program) === null)
    .map(([, name]) => name);
}

/** True for root on Debian and its like, such as a checking machine's container. */
export function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

export function install(packages: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const options: ExecFileSyncOptions = { env, stdio: ['ignore', 'inherit', 'inherit'] };
  execFileSync('apt-get', ['update', '-q'], options);
  const ask = ['install', '-q', '-y', '--no-install-recommends', ...packages];
  execFileSync('apt-get', ask, options);
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
