/**
 * `npm run bench`: the real server and engine on a PostgreSQL that writes to disk as in production,
 * measured from outside. Prints figures; judges nothing. `npm run bench -- 100` makes 100 calls.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgres } from '../start/src/postgres/postgres.ts';
import { freePort } from '../test/support/free-port.ts';
import { Scene } from '../test/stories/scene.ts';
import { measureRates } from './engine-rates.ts';
import { measureLatency } from './latency.ts';
import { measureLoad } from './load.ts';
import { measureSipRates } from './sip-rates.ts';
import { measureTrunkMedia } from './trunk-media.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

const calls = Number(process.argv[2] ?? 60);
const folder = mkdtempSync(join(tmpdir(), 'offhook-bench-'));
const postgres = await openPostgres({
  folder: join(folder, 'postgres'),
  port: await freePort(),
  adminPassword: 'admin',
  password: 'offhook',
  onLog: () => undefined,
});
try {
  const [cpu] = cpus();
  say(`${cpus().length} × ${cpu?.model ?? 'unknown CPU'}, Node ${process.versions.node}`);
  const scene = await Scene.open({ databaseUrl: postgres.url, env: { LOG_LEVEL: 'info' } });
  try {
    for (const line of await measureLatency(scene, calls)) say(line);
    for (const line of await measureLoad(scene, 20)) say(line);
  } finally {
    await scene.close();
  }
  for (const line of await measureSipRates()) say(line);
  for await (const line of measureTrunkMedia(50, folder)) say(line);
  for (const line of await measureRates()) say(line);
} finally {
  await postgres.close();
  rmSync(folder, { recursive: true, force: true });
}
// Native WebRTC keeps threads of its own that do not end by themselves.
process.exit(0);
