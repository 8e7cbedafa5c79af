import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Node arguments for a child that runs TypeScript, wherever the working folder is. */
export function tsxArguments(): string[] {
  const tsx = createRequire(import.meta.url).resolve('tsx');
  return ['--import', pathToFileURL(tsx).href];
}
