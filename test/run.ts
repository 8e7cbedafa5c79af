/**
 * `npm test`: first each folder's own code, then the stories, then the browser. Arguments go on
 * to vitest: `npm test -- -t "closed tab"`.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { terminal } from '../start/src/terminal.ts';
import { buildWeb } from '../start/src/web-build.ts';
import { findChromium, installChromium } from './support/chromium.ts';

const ROOT = join(import.meta.dirname, '..');

function needChromium(): void {
  if (findChromium()) return;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) installChromium();
  if (!findChromium()) {
    throw new Error(
      'The browser tests need Chromium and there is none: install it, or set CHROMIUM_PATH.',
    );
  }
}

async function vitest(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const manifest = createRequire(import.meta.url).resolve('vitest/package.json');
  const program = join(dirname(manifest), 'vitest.mjs');
  const child = spawn(process.execPath, [program, 'run', ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}

needChromium();
const web = await buildWeb(join(ROOT, 'test-results', 'web'), terminal);
process.exitCode = await vitest(process.argv.slice(2), { ...process.env, OFFHOOK_TEST_WEB: web });
