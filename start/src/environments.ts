import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Secrets } from './secrets.ts';
import { REPOSITORY, type Settings } from './settings.ts';

export const DEMO_CUSTOMERS = join(REPOSITORY, 'engine/demo/customers.json');
/** Shown to demo customers; from the range that Ofcom keeps free for drama. */
const DEMO_CALLER_ID = '+447700900000';

type Env = Record<string, string>;

/**
 * Shown to whom is called. A trunk's own number, where there is one: carriers refuse others. What is
 * no number the engine refuses by the name of its setting; it must not be refused by another's, too.
 */
function callerId({ SIP_TRUNK_CALLER_ID: ours = '' }: Env): string {
  return ours.startsWith('+') ? ours : DEMO_CALLER_ID;
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

/** Where no name and no address is set: phones reach it by way of this machine's own address. */
const PHONE_DOMAIN = 'offhook.local';

/** Agents' SIP phones in the words of the engine; nothing where no port is there to be told them. */
function phonesOfEngine(own: Env, { accountSid }: Secrets): Env {
  if (phonePort(own) === null) return {};
  const hash = createHash('sha256').update(`${accountSid} phones`).digest('hex');
  return {
    SIP_DOMAIN: own.SIP_DOMAIN ?? phoneAddress(own) ?? PHONE_DOMAIN,
    SIP_CREDENTIAL_LIST: `CL${hash.slice(0, 32)}`,
  };
}

/** The same in the words of the server, which would know Twilio's by them. */
function phonesOfServer(own: Env, secrets: Secrets): Env {
  const { SIP_DOMAIN: domain, SIP_CREDENTIAL_LIST: list } = phonesOfEngine(own, secrets);
  const port = phonePort(own);
  if (domain === undefined || list === undefined || port === null) return {};
  return {
    TWILIO_SIP_DOMAIN: domain,
    TWILIO_SIP_CREDENTIAL_LIST: list,
    // Without a host: whatever the page was opened under.
    OFFHOOK_SIP_SERVER: `${phoneAddress(own) ?? ''}:${port}`,
  };
}

/** Null where SIP is off, its port is any free one, or wrong: the engine says that by itself. */
function phonePort({ SIP_PORT: port = '5060' }: Env): string | null {
  return /^[1-9]\d{0,4}$/.test(port) ? port : null;
}

/** A name or an IPv4 address: what every phone has a field for. */
function phoneAddress({ SIP_PUBLIC_ADDRESS, ENGINE_PUBLIC_ADDRESS }: Env): string | undefined {
  const address = SIP_PUBLIC_ADDRESS ?? ENGINE_PUBLIC_ADDRESS;
  return address?.includes(':') === true ? undefined : address;
}

export function engineEnvironment(own: Env, settings: Settings, secrets: Secrets): Env {
  if (!settings.engine) throw new Error('There is no engine to start.');
  return {
    TWILIO_CALLER_ID: callerId(own),
    ENGINE_VOICE_URL: `${localUrl(settings)}/carrier/voice`,
    ENGINE_DEMO_CUSTOMERS: DEMO_CUSTOMERS,
    ...phonesOfEngine(own, secrets),
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
          ...phonesOfServer(own, secrets),
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
