import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './settings.ts';

/** `.env` at the top of the repository, where there is one. What the shell has set stays. */
export function loadEnvFile(): void {
  const file = join(REPOSITORY, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}
