/** `npm start`: everything Offhook needs, in one go. */
import { loadEnvFile } from './env-file.ts';
import { Offhook } from './offhook.ts';
import { terminal } from './terminal.ts';

// What we keep is for our eyes only, whatever the shell's habit is.
process.umask(0o077);
loadEnvFile();

const offhook = new Offhook(process.env, terminal);

let asked = 0;
function stop(): void {
  asked += 1;
  if (asked === 1) {
    terminal.say('Stopping … (once more to stop at once)');
    void offhook.close();
  } else {
    offhook.kill();
  }
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
process.on('SIGHUP', stop);

try {
  const address = await offhook.start();
  terminal.say(`Offhook is ready: ${address}`);
} catch (error) {
  await offhook.close();
  if (asked === 0) {
    terminal.warn(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
