/**
 * `npm run engine`: the voice engine alone, for an application of your own that speaks Twilio's
 * API. Its account is that of TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or one that is made at the
 * first start and kept in the data folder.
 */
import { join } from 'node:path';
import { Child } from './child.ts';
import { accountProblems, engineAccount, type EngineAccount } from './engine-account.ts';
import { engineEnvironment } from './environments.ts';
import { loadEnvFile } from './env-file.ts';
import { CannotStart } from './offhook.ts';
import { environmentProblems, folderProblems, engineProblems } from './preflight.ts';
import { openProgramLog } from './program-log.ts';
import { claim } from './running.ts';
import { keepSecrets } from './secrets.ts';
import { readSettings, withoutEmpty } from './settings.ts';
import { terminal } from './terminal.ts';

process.umask(0o077);

/** Where most people's first application listens; ENGINE_VOICE_URL says otherwise. */
const VOICE_URL = 'http://127.0.0.1:3000/voice';

async function startEngine(): Promise<() => Promise<void>> {
  loadEnvFile();
  const { settings, problems } = readSettings(process.env);
  const given = withoutEmpty(process.env);
  // Whatever carrier the server uses, this is the engine.
  const engine = settings.enginePorts;
  problems.push(
    ...accountProblems(given),
    ...folderProblems(settings.dataFolder),
    ...(await engineProblems(engine)),
  );
  if (problems.length > 0) throw new CannotStart(problems);
  const own = claim(settings.dataFolder);
  await own.endLeftovers();
  const secrets = keepSecrets(settings.dataFolder);
  const account = engineAccount(given, secrets);
  const log = openProgramLog(settings.dataFolder, 'engine', terminal);
  const defaults = { ENGINE_VOICE_URL: VOICE_URL, ENGINE_INSPECTOR: 'on' };
  const env = {
    ...engineEnvironment({ ...defaults, ...given }, { ...settings, engine }, secrets),
    ...account.env,
  };
  const wrong = await environmentProblems('engine', env);
  if (wrong.length > 0) {
    log.close();
    own.release();
    throw new CannotStart(wrong);
  }
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
  for (const line of howTo(account, env, engine.port, settings.dataFolder)) terminal.say(line);
  return close;
}

function howTo(
  account: EngineAccount,
  env: Record<string, string>,
  port: number,
  dataFolder: string,
): string[] {
  const url = `http://127.0.0.1:${port}`;
  const shown = account.ours ? Object.entries(account.env) : [];
  return [
    account.ours
      ? `Its account, kept in ${join(dataFolder, 'secrets.json')}:`
      : `Its account is ${account.env.TWILIO_ACCOUNT_SID ?? ''}, as the environment says.`,
    ...shown.map(([name, value]) => `  ${name}=${value}`),
    ...(account.ours ? [`  TWILIO_CALLER_ID=${env.TWILIO_CALLER_ID ?? ''}`] : []),
    'How to point the official libraries at it:',
    `  server:  const client = twilio(accountSid, authToken); client.api.baseUrl = '${url}';`,
    `  page:    <script src="${url}/loopback-signal.js"></script>, then the SDK: new Device(token, { chunderw: '127.0.0.1:${port}' })`,
    `  calls of browsers ask ${env.ENGINE_VOICE_URL ?? ''}; set ENGINE_VOICE_URL, or client.applications(twimlAppSid).update({ voiceUrl })`,
    `The engine is ready: ${url}`,
  ];
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
