import { pino } from 'pino';
import { createCallCentre } from './call-centre.ts';
import { BadSettings, configFromEnv } from './config/env.ts';
import { createLog } from './log.ts';

/** The process: settings in, signals in, one line of log out when it cannot start. */
async function main(): Promise<void> {
  const config = configFromEnv();
  const log = createLog(config.log.level);
  const callCentre = await createCallCentre(config, { log });

  let stopping = false;
  const stop = (why: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ why }, 'stopping');
    callCentre.close().then(
      () => {
        log.info('stopped');
        // An open channel to the parent would keep the process alive.
        if (process.connected) process.disconnect();
      },
      (error: unknown) => {
        log.fatal({ err: error }, 'could not stop cleanly');
        process.exitCode = 1;
        if (process.connected) process.disconnect();
      },
    );
  };
  process.on('SIGTERM', () => {
    stop('SIGTERM');
  });
  process.on('SIGINT', () => {
    stop('SIGINT');
  });
  // The parent is gone, however it went: nobody would stop us.
  process.on('disconnect', () => {
    stop('the parent process is gone');
  });

  const port = await callCentre.listen().catch(async (error: unknown) => {
    await callCentre.close();
    throw error;
  });
  log.info({ port, url: config.http.publicUrl }, 'the server is ready');
  process.send?.({ ready: true, port });
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  if (error instanceof BadSettings) process.stderr.write(`${error.message}\n`);
  else pino(pino.destination(2)).fatal({ err: error }, 'the server could not start');
  if (process.connected) process.disconnect();
});
