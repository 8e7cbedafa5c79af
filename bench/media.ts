/** `npm run bench:media`: what trunk calls cost the media process. `-- 20` makes 20 calls. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureTrunkMedia } from './trunk-media.ts';

const folder = mkdtempSync(join(tmpdir(), 'offhook-bench-'));
try {
  const calls = Number(process.argv[2] ?? 50);
  for await (const line of measureTrunkMedia(calls, folder)) process.stdout.write(`${line}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
// Native WebRTC keeps threads of its own that do not end by themselves.
process.exit(0);
