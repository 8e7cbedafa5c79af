import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Binaries, binariesIn, completeLibraries } from './binaries.ts';

const run = promisify(execFile);

/**
 * Under which account PostgreSQL runs. It refuses to be root. So when Offhook is started by root,
 * PostgreSQL gets an ordinary account, and that account must be able to reach its programs and its
 * data, wherever the checkout is.
 */
export interface Account {
  binaries: Binaries;
  /** Holds the cluster; belongs to the account. */
  folder: string;
  /** The command line that runs `program` as this account. */
  command(program: string, args: string[]): { file: string; args: string[] };
  /** Gives a file or folder to the account. */
  own(path: string): void;
}

interface Identity {
  uid: number;
  gid: number;
}

/** @throws Error with every way that was tried when none works. */
export async function chooseAccount(folder: string, installed: Binaries): Promise<Account> {
  if (process.getuid?.() !== 0) return ordinaryAccount(folder, installed);
  const identity = ownerOf(folder) ?? accountNamed('postgres') ?? accountNamed('nobody');
  if (!identity)
    throw new Error('PostgreSQL needs an ordinary account, and there is not even nobody.');
  const tried: string[] = [];
  for (const way of WAYS) {
    try {
      const account = way.prepare(folder, installed, identity);
      await prove(account);
      return account;
    } catch (error) {
      tried.push(`${way.name}: ${reason(error)}`);
    }
  }
  throw new Error(
    `PostgreSQL cannot run as root, and uid ${identity.uid} reaches neither its programs nor ` +
      `its data. Tried\n  ${tried.join('\n  ')}\n` +
      'Start Offhook as an ordinary user, or set DATABASE_URL.',
  );
}

/** What the program said, not how it was called. */
function reason(error: unknown): string {
  const { stderr = '', message } = error as Error & { stderr?: string };
  const said = stderr.trim() === '' ? message : stderr.trim();
  return said.split('\n').at(-1) ?? '';
}

function ordinaryAccount(folder: string, installed: Binaries): Account {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let binaries = installed;
  if (!completeLibraries(installed.folder)) binaries = copied(installed, `${folder}-programs`);
  return { binaries, folder, command: (file, args) => ({ file, args }), own: () => undefined };
}

/** From the least rights to the most. */
const WAYS: {
  name: string;
  prepare(folder: string, installed: Binaries, identity: Identity): Account;
}[] = [
  { name: 'without special rights', prepare: (...all) => rootsAccount(null, ...all) },
  // These two let the account pass through folders closed to it, such as a private home.
  {
    name: 'with the right to search folders',
    prepare: (...all) => rootsAccount('dac_read_search', ...all),
  },
  {
    name: 'with the right to pass closed folders',
    prepare: (...all) => rootsAccount('dac_override', ...all),
  },
];

function rootsAccount(
  capability: 'dac_read_search' | 'dac_override' | null,
  folder: string,
  binaries: Binaries,
  identity: Identity,
): Account {
  completeLibraries(binaries.folder);
  const { uid, gid } = identity;
  const own = (path: string) => {
    chownSync(path, uid, gid);
  };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  own(folder);
  const rights = capability === null ? '-all' : `-all,+${capability}`;
  const options = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs'];
  options.push(`--inh-caps=${rights}`, `--ambient-caps=${rights}`, `--bounding-set=${rights}`);
  // Without this, access(2) judges by the account alone and forgets the capability.
  if (capability !== null) options.push('--securebits=+no_setuid_fixup');
  return {
    binaries,
    folder,
    command: (program, args) => ({ file: 'setpriv', args: [...options, program, ...args] }),
    own,
  };
}

/** Runs a program and writes a file, as PostgreSQL will. */
async function prove(account: Account): Promise<void> {
  const version = account.command(account.binaries.postgres, ['--version']);
  await run(version.file, version.args, { cwd: '/' });
  const script = 'set -e; : > "$1/probe"; rm "$1/probe"';
  const write = account.command('/bin/sh', ['-c', script, 'probe', account.folder]);
  await run(write.file, write.args, { cwd: '/' });
}

/** A copy that everybody may read; made again when the package's version changed. */
function copied(installed: Binaries, target: string): Binaries {
  const version = readFileSync(join(installed.folder, '..', 'package.json'), 'utf8');
  const native = join(target, 'native');
  const stamp = join(target, 'package.json');
  let current = '';
  try {
    current = readFileSync(stamp, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (current !== version) {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true, mode: 0o755 });
    cpSync(installed.folder, native, { recursive: true, verbatimSymlinks: true });
    openUp(target);
    completeLibraries(native);
    cpSync(join(installed.folder, '..', 'package.json'), stamp);
  }
  return binariesIn(native);
}

/** Our umask keeps everything private; these programs are for another account to run. */
function openUp(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openUp(path);
    else if (entry.isFile()) chmodSync(path, statSync(path).mode | 0o444);
  }
}

/** Whoever has the cluster keeps it, even when another account appears later. */
function ownerOf(folder: string): Identity | null {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : null;
}

function accountNamed(name: string): Identity | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}
