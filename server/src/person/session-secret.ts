import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newSecret } from './ids.ts';

/**
 * The secret that signs cookies, made at the first start and kept in the data folder, readable by
 * its owner only. Two servers that start at once end up with the same one.
 */
export async function keptSessionSecret(dataFolder: string): Promise<string> {
  const path = join(dataFolder, 'session-secret');
  const kept = await readIfThere(path);
  if (kept !== null) return kept;
  await mkdir(dataFolder, { recursive: true });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, newSecret(), { mode: 0o600 });
  try {
    await link(draft, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path, 'utf8');
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
