import { pino } from 'pino';
import { createCallCentre } from './call-centre.ts';
import { BadSettings, configFromEnv } from './config/env.ts';
import { createLog } from './log.ts';

/** The process: settings in, signals in, one message out when it cannot start. */
async function main(): Promise<void> {
  // Listening comes first: a parent that goes while we start must not leave us behind.
  const stopAsked = untilStopAsked();
  const config = configFromEnv();
  const log = createLog(config.log.level);
  const callCentre = await createCallCentre(config, { log });
  try {
    const port = await callCentre.listen();
    log.info({ port, url: config.http.publicUrl }, 'the server is ready');
    process.send?.({ ready: true, port });
    log.info({ why: await stopAsked }, 'stopping');
  } finally {
    await callCentre.close();
  }
  log.info('stopped');
}

/** Settles with the reason. A second signal finds no listener of ours and ends the process. */
function untilStopAsked(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    // However the parent went, nobody else would stop us.
    process.once('disconnect', () => {
      resolve('the parent process is gone');
    });
  });
}

main()
  .catch((error: unknown) => {
    process.exitCode = 1;
    if (error instanceof BadSettings) process.stderr.write(`${error.message}\n`);
    else pino(pino.destination(2)).fatal({ err: error }, 'the server could not start or stop');
  })
  .finally(() => {
    // The channel to the parent would keep the process alive.
    if (process.connected) process.disconnect();
  });
