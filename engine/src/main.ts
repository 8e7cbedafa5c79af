import { pino } from 'pino';
import { readConfig, type EngineConfig } from './config.ts';
import { createEngine } from './engine.ts';

/** The engine's control process. Tells its parent when it is ready, and stops when told to. */
async function main(): Promise<void> {
  let config: EngineConfig;
  try {
    config = readConfig(process.env);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
    process.disconnect?.();
    return;
  }
  const log = pino({ level: config.log.level, base: { program: 'engine' } });
  const engine = await createEngine(config, log);
  let stopping = false;
  const stop = (why: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ why }, 'the engine stops');
    engine.close().then(
      () => process.connected && process.disconnect(),
      (error: unknown) => {
        log.error({ err: error }, 'the engine did not stop cleanly');
        process.exitCode = 1;
      },
    );
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  // A parent that was killed cannot say so.
  process.once('disconnect', () => stop('the parent is gone'));
  log.info({ port: engine.port, udpPort: engine.udpPort }, 'the engine is ready');
  process.send?.({ ready: true, port: engine.port });
}

main().catch((error: unknown) => {
  process.stderr.write(`The engine did not start: ${(error as Error).stack ?? String(error)}\n`);
  process.exitCode = 1;
  process.disconnect?.();
});
