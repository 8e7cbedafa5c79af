import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Account, chooseAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { endLeftovers } from './leftovers.ts';
import { watchOver } from './watchdog.ts';

const run = promisify(execFile);

const ADMIN = 'postgres';
/** Role and database of the server. The role is no superuser: it reaches its own data only. */
const OWN = 'offhook';

const STOP_PATIENCE_MS = 20_000;

export interface PostgresOptions {
  /** Absolute path; made when missing. */
  folder: string;
  /** On 127.0.0.1. */
  port: number;
  adminPassword: string;
  password: string;
  /** One line of PostgreSQL's log. */
  onLog: (line: string) => void;
  /** More settings, as in postgresql.conf. */
  settings?: Record<string, string>;
}

export interface Postgres {
  pid: number;
  /** For the server. */
  url: string;
  /** A superuser's. */
  adminUrl: string;
  /** Settles when the process is gone, whoever ended it. */
  gone: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Should we be killed, PostgreSQL first waits for these to finish. */
  usedBy(pids: number[]): void;
  /** Disconnects everybody, saves everything. Harmless twice. */
  close(): Promise<void>;
  /** At once, without saving; the next start repairs. Nothing committed is lost. */
  kill(): void;
}

/** Starts PostgreSQL in `folder`, makes the cluster first where there is none. */
export async function openPostgres(options: PostgresOptions): Promise<Postgres> {
  const account = await chooseAccount(options.folder, findBinaries());
  const cluster = join(account.folder, 'cluster');
  await endLeftovers(cluster);
  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    await makeCluster(account, cluster, options.adminPassword);
  }
  const child = await launch(account, cluster, options);
  const pid = child.pid ?? 0;
  const watchdog = watchOver(pid);
  const gone = new Promise<Awaited<Postgres['gone']>>((resolve) => {
    child.once('exit', (code, signal) => {
      watchdog.close();
      resolve({ code, signal });
    });
  });
  let closing: Promise<void> | null = null;
  const close = () => (closing ??= stop(child, gone));
  const at = `127.0.0.1:${options.port}`;
  const adminUrl = `postgres://${ADMIN}:${options.adminPassword}@${at}/postgres`;
  try {
    await makeDatabase(adminUrl, options.password);
  } catch (error) {
    await close();
    throw error;
  }
  const url = `postgres://${OWN}:${options.password}@${at}/${OWN}`;
  const usedBy = (pids: number[]) => {
    watchdog.users(pids);
  };
  const kill = () => child.kill('SIGQUIT');
  return { pid, url, adminUrl, gone, usedBy, close, kill };
}

/** Beside its place first, so that a power cut never leaves half a cluster there. */
async function makeCluster(account: Account, cluster: string, password: string): Promise<void> {
  const unfinished = `${cluster}.unfinished`;
  const passwordFile = join(account.folder, 'password');
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, password, { mode: 0o600, flag: 'wx' });
  account.own(passwordFile);
  const { file, args } = account.command(account.binaries.initdb, [
    ...['-D', unfinished, '-U', ADMIN, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
    ...['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...['--locale=C', '--no-instructions'],
  ]);
  try {
    await run(file, args, { cwd: account.folder, env: plainEnvironment() });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`PostgreSQL could not make its files in ${cluster}: ${stderr ?? ''}`.trim(), {
      cause: error,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, cluster);
}

async function launch(
  account: Account,
  cluster: string,
  options: PostgresOptions,
): Promise<ChildProcess> {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(options.port),
    // The path of a socket may have 107 bytes, and a checkout may be anywhere.
    unix_socket_directories: '',
    log_line_prefix: '',
    lc_messages: 'C',
    ...options.settings,
  };
  const { file, args } = account.command(account.binaries.postgres, [
    ...['-D', cluster],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const child = spawn(file, args, {
    cwd: account.folder,
    env: plainEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    // A Ctrl-C in the terminal is for us; PostgreSQL stops when the server has.
    detached: true,
  });
  const lines = createInterface({ input: child.stderr });
  const last: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const end = signal ?? `code ${code ?? '?'}`;
      reject(new Error(`PostgreSQL did not start (${end}):\n${last.join('\n')}`));
    });
    lines.on('line', (line) => {
      options.onLog(line);
      last.push(line);
      if (last.length > 10) last.shift();
      if (line.includes('database system is ready to accept connections')) resolve();
    });
  });
  return child;
}

async function stop(child: ChildProcess, gone: Postgres['gone']): Promise<void> {
  for (const name of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(name);
    const timer = new AbortController();
    const late = new Promise<boolean>((resolve) => {
      const handle = setTimeout(resolve, STOP_PATIENCE_MS, true);
      timer.signal.addEventListener('abort', () => {
        clearTimeout(handle);
      });
    });
    const stillThere = await Promise.race([gone.then(() => false), late]);
    timer.abort();
    if (!stillThere) return;
  }
}

/** Repeats nothing that is there already, so that an interrupted first start is completed. */
async function makeDatabase(adminUrl: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const role = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [OWN]);
    const verb = role.rowCount === 0 ? 'CREATE' : 'ALTER';
    const secret = client.escapeLiteral(password);
    await client.query(`${verb} ROLE ${OWN} LOGIN NOSUPERUSER PASSWORD ${secret}`);
    const database = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [OWN]);
    if (database.rowCount === 0) await client.query(`CREATE DATABASE ${OWN} OWNER ${OWN}`);
  } finally {
    await client.end();
  }
}

/** PG… variables of ours would lead PostgreSQL's programs astray. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}
