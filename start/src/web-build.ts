import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { REPOSITORY } from './settings.ts';
import type { Terminal } from './terminal.ts';

const WEB = join(REPOSITORY, 'web');
/** Everything that the built pages are made of. */
const SOURCES = [
  ...['web/src', 'web/public', 'web/index.html', 'web/vite.config.ts', 'web/package.json'],
  ...['contract/src', 'package-lock.json'],
];
const STAMP = 'built-from';

/**
 * Builds the web pages unless they were built from exactly these sources before.
 *
 * @param elsewhere where to build when web/ is not ours to write.
 * @param signal gives up.
 * @returns the folder that holds them.
 */
export async function buildWeb(
  elsewhere: string,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<string> {
  const from = fingerprint();
  const places = [join(WEB, 'dist'), elsewhere];
  for (const place of places) if (builtFrom(place) === from) return place;
  const target = places.find(canBeReplaced) ?? elsewhere;
  terminal.say('Building the web pages …');
  const began = Date.now();
  const fresh = `${target}.${process.pid}`;
  try {
    await vite(fresh, signal);
    writeFileSync(join(fresh, STAMP), from);
    // Whoever else builds at this moment builds the same: the last one wins.
    rmSync(target, { recursive: true, force: true });
    renameSync(fresh, target);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  terminal.say(`Built in ${((Date.now() - began) / 1000).toFixed(1)} s.`);
  return target;
}

function builtFrom(folder: string): string | null {
  const stamp = join(folder, STAMP);
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : null;
}

function canBeReplaced(folder: string): boolean {
  try {
    mkdirSync(dirname(folder), { recursive: true });
    accessSync(dirname(folder), constants.W_OK);
    if (existsSync(folder)) accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((source) => filesIn(join(REPOSITORY, source)))) {
    hash
      .update(`${relative(REPOSITORY, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  try {
    return readdirSync(path, { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const inside = join(path, entry.name);
        return entry.isDirectory() ? filesIn(inside) : [inside];
      });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [path];
    throw error;
  }
}

/** In a process of its own: a bundler's memory is given back. */
async function vite(outDir: string, signal: AbortSignal | undefined): Promise<void> {
  const manifest = createRequire(join(WEB, 'package.json')).resolve('vite/package.json');
  const program = join(dirname(manifest), 'bin', 'vite.js');
  // The config loader "runner" writes nothing beside the sources, which may be read-only.
  const args = ['build', '--outDir', outDir, '--emptyOutDir', '--configLoader', 'runner'];
  const child = spawn(process.execPath, [program, ...args, '--logLevel', 'warn'], {
    cwd: WEB,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal ? { signal } : {}),
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else {
        const said = Buffer.concat(output).toString().trim();
        reject(new Error(`The web pages could not be built:\n${said}`));
      }
    });
  });
}
