import { join } from 'node:path';
import type { Secrets } from './secrets.ts';
import { REPOSITORY, type Settings } from './settings.ts';

export const DEMO_CUSTOMERS = join(REPOSITORY, 'engine/demo/customers.json');
/** Shown to demo customers; from the range that Ofcom keeps free for drama. */
const DEMO_CALLER_ID = '+447700900000';

type Env = Record<string, string>;

/** Shown to whom is called. A trunk's own number, where there is one: carriers refuse others. */
function callerId(own: Env): string {
  return own.SIP_TRUNK_CALLER_ID ?? DEMO_CALLER_ID;
}

/** The engine's account in the words of the environment. */
export function accountEnvironment(secrets: Secrets): Env {
  return {
    TWILIO_ACCOUNT_SID: secrets.accountSid,
    TWILIO_AUTH_TOKEN: secrets.authToken,
    TWILIO_API_KEY: secrets.apiKeySid,
    TWILIO_API_SECRET: secrets.apiKeySecret,
    TWILIO_TWIML_APP_SID: secrets.twimlAppSid,
  };
}

export function engineEnvironment(own: Env, settings: Settings, secrets: Secrets): Env {
  if (!settings.engine) throw new Error('There is no engine to start.');
  return {
    TWILIO_CALLER_ID: callerId(own),
    ENGINE_VOICE_URL: `${localUrl(settings)}/carrier/voice`,
    ENGINE_DEMO_CUSTOMERS: DEMO_CUSTOMERS,
    ...own,
    ...accountEnvironment(secrets),
    OFFHOOK_DATA: settings.dataFolder,
    ENGINE_PORT: String(settings.engine.port),
    ENGINE_UDP_PORT: String(settings.engine.udpPort),
  };
}

export function serverEnvironment(
  own: Env,
  settings: Settings,
  secrets: Secrets,
  parts: { databaseUrl: string; webFolder: string },
): Env {
  const { engine } = settings;
  return {
    OFFHOOK_SECRET: secrets.sessionSecret,
    ...(engine
      ? {
          TWILIO_CALLER_ID: callerId(own),
          TWILIO_API_URL: `http://127.0.0.1:${engine.port}`,
          OFFHOOK_CALLBACK_URL: localUrl(settings),
          OFFHOOK_SIGNAL_UPSTREAM: `ws://127.0.0.1:${engine.port}`,
          OFFHOOK_DEMO_CUSTOMERS: DEMO_CUSTOMERS,
          ...accountEnvironment(secrets),
        }
      : {}),
    HOST: settings.host,
    PORT: String(settings.port),
    ...own,
    OFFHOOK_DATA: settings.dataFolder,
    OFFHOOK_WEB: parts.webFolder,
    DATABASE_URL: parts.databaseUrl,
  };
}

/** How programs on this machine reach the server, whatever HOST it listens on. */
function localUrl({ host, port }: Settings): string {
  const everywhere = ['localhost', '0.0.0.0', '::'].includes(host);
  const name = everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
