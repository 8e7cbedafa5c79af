/**
 * `npm run engine`: the voice engine alone, for an application of your own that speaks Twilio's
 * API. Its account is made at the first start and kept in the data folder.
 */
import { Child } from './child.ts';
import { accountEnvironment, engineEnvironment } from './environments.ts';
import { loadEnvFile } from './env-file.ts';
import { CannotStart } from './offhook.ts';
import { folderProblems, engineProblems } from './preflight.ts';
import { openProgramLog } from './program-log.ts';
import { claim } from './running.ts';
import { keepSecrets } from './secrets.ts';
import { readSettings, withoutEmpty } from './settings.ts';
import { terminal } from './terminal.ts';

process.umask(0o077);

async function startEngine(): Promise<() => Promise<void>> {
  loadEnvFile();
  const { settings, problems } = readSettings(process.env);
  // Whatever carrier the server uses, this is the engine.
  const engine = settings.engine ?? { port: 3002, udpPort: 3003 };
  problems.push(...folderProblems(settings.dataFolder), ...(await engineProblems(engine)));
  if (problems.length > 0) throw new CannotStart(problems);
  const own = claim(settings.dataFolder);
  await own.endLeftovers();
  const secrets = keepSecrets(settings.dataFolder);
  const log = openProgramLog(settings.dataFolder, 'engine', terminal);
  const env = engineEnvironment(withoutEmpty(process.env), { ...settings, engine }, secrets);
  const child: Child = new Child({
    name: 'engine',
    main: 'engine/src/main.ts',
    env,
    log,
    terminal,
    onChange: () => {
      own.note(child.identity ? [child.identity] : []);
    },
  });
  const close = async () => {
    await child.close();
    log.close();
    own.release();
  };
  try {
    await child.start();
  } catch (error) {
    await close();
    throw error;
  }
  for (const [name, value] of Object.entries(accountEnvironment(secrets))) {
    terminal.say(`${name}=${value}`);
  }
  terminal.say(`TWILIO_CALLER_ID=${env.TWILIO_CALLER_ID ?? ''}`);
  terminal.say(`Browsers' calls ask ${env.ENGINE_VOICE_URL ?? ''} (ENGINE_VOICE_URL)`);
  terminal.say(`The engine is ready: http://127.0.0.1:${engine.port}`);
  return close;
}

try {
  const close = await startEngine();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => void close());
  }
} catch (error) {
  terminal.warn(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
