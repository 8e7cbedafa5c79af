/**
 * `npm test`: first each folder's own code, then the stories, then the browser. Arguments go on
 * to vitest: `npm test -- -t "closed tab"`.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { terminal } from '../start/src/terminal.ts';
import { buildWeb } from '../start/src/web-build.ts';
import { findChromium } from './support/chromium.ts';
import { canInstall, install, missingSipPeers } from './support/debian.ts';

const ROOT = join(import.meta.dirname, '..');

/** What the tests talk to and npm does not bring: a browser, telephones, a SIP proxy. */
function needPrograms(): void {
  const missing = () => [...(findChromium() ? [] : ['chromium']), ...missingSipPeers()];
  if (missing().length > 0 && canInstall()) install(missing());
  const still = missing();
  if (still.length > 0) {
    throw new Error(
      `The tests need these Debian packages or their like: ${still.join(', ')}. Install them; a browser elsewhere is named by CHROMIUM_PATH.`,
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

needPrograms();
const web = await buildWeb(join(ROOT, 'test-results', 'web'), terminal);
process.exitCode = await vitest(process.argv.slice(2), { ...process.env, OFFHOOK_TEST_WEB: web });
