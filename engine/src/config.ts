import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { readSipSettings, SIP_ENVIRONMENT, type SipSettings } from './sip-settings.ts';

/** What the engine needs to know; made from the environment by `readConfig`, by hand in tests. */
export interface EngineConfig {
  /** Loopback unless somebody decides otherwise: the engine trusts its neighbours. */
  host: string;
  /** 0: any free port. */
  port: number;
  /** The one UDP port of all browser media; 0: any free port. */
  udpPort: number;
  /** An address that browsers can reach and that no interface has (behind NAT); null: none. */
  publicAddress: string | null;
  /** The engine keeps `<dataFolder>/engine/`. */
  dataFolder: string;
  account: {
    sid: string;
    authToken: string;
    apiKeySid: string;
    apiKeySecret: string;
    twimlAppSid: string;
    /** A number that the account owns, E.164. */
    callerId: string;
    /** The TwiML app's voice URL. */
    voiceUrl: string;
  };
  /** Path of the demo customers' JSON; null: none. */
  demoCustomers: string | null;
  /** A recording stops, with problem disk_full, when the disk has less. */
  minFreeBytes: number;
  /** The engine's own page for people on this machine: calls, rooms, requests, callbacks. */
  inspector: boolean;
  /** Null: no SIP at all, whatever trunks there are. */
  sip: SipSettings | null;
  limits: EngineLimits;
  log: { level: string };
}

export interface EngineLimits {
  /** More calls than this at once are refused with 20429. */
  maxCalls: number;
  /** With more callbacks than this unsent, new calls are refused with 20429. */
  maxBacklog: number;
  /** With control's event loop this late for a second, new calls are refused with 20429. Milliseconds. */
  maxLagMs: number;
  /** How long a browser may take from answer to sound. */
  mediaSetUpMs: number;
  /** How long a leg whose transport is dead may take to come back while its socket is open. */
  mediaReturnMs: number;
  /** Heartbeat to browsers, and the silence after which a socket counts as dead. */
  heartbeatMs: number;
  socketSilenceMs: number;
  /** How long stopping may take to send what is owed. */
  stopMs: number;
}

export const DEFAULT_LIMITS: EngineLimits = {
  maxCalls: 200,
  maxBacklog: 2_000,
  maxLagMs: 150,
  mediaSetUpMs: 15_000,
  mediaReturnMs: 10_000,
  heartbeatMs: 5_000,
  socketSilenceMs: 15_000,
  stopMs: 3_000,
};

/** Settings that the engine cannot start with: each problem names its setting. */
export class BadSettings extends Error {
  override name = 'BadSettings';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const lines = problems.map((problem) => `  ${problem}`).join('\n');
    super(`The engine cannot start with these settings:\n${lines}`);
    this.problems = problems;
  }
}

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const given = (what: string) => z.string({ error: `is missing: ${what}` }).min(1);
const optional = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text === '' ? null : text));

const Environment = z.object({
  ENGINE_HOST: z.enum(['127.0.0.1', '::1', 'localhost']).default('127.0.0.1'),
  ENGINE_PORT: port(3002),
  ENGINE_UDP_PORT: port(3003),
  ENGINE_PUBLIC_ADDRESS: optional,
  OFFHOOK_DATA: z.string().min(1).default('./data'),
  TWILIO_ACCOUNT_SID: given('AC and 32 hex digits').regex(/^AC[0-9a-f]{32}$/i, {
    error: 'is not AC and 32 hex digits',
  }),
  TWILIO_AUTH_TOKEN: given('the account’s auth token'),
  TWILIO_API_KEY: given('SK…, the key that signs browser tokens'),
  TWILIO_API_SECRET: given('the secret of that key'),
  TWILIO_TWIML_APP_SID: given('AP…, the TwiML app that browsers call'),
  TWILIO_CALLER_ID: given('a number in the form +447700900000').regex(/^\+\d{6,15}$/, {
    error: 'is not a number in the form +447700900000',
  }),
  ENGINE_VOICE_URL: given('the TwiML app’s voice URL').refine((url) => URL.canParse(url), {
    error: 'is not a URL',
  }),
  ENGINE_DEMO_CUSTOMERS: optional,
  ENGINE_MIN_FREE_MB: z.coerce.number().nonnegative().default(200),
  ENGINE_INSPECTOR: z.enum(['on', 'off'], { error: 'is neither on nor off' }).default('off'),
  LOG_LEVEL: z.string().default('info'),
  ...SIP_ENVIRONMENT,
});

/** @throws BadSettings: everything that is wrong, at once */
export function readConfig(environment: Record<string, string | undefined>): EngineConfig {
  const read = Environment.safeParse(environment);
  if (!read.success) {
    throw new BadSettings(
      read.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`),
    );
  }
  const env = read.data;
  const absolute = (path: string) => (isAbsolute(path) ? path : resolve(path));
  return {
    host: env.ENGINE_HOST,
    port: env.ENGINE_PORT,
    udpPort: env.ENGINE_UDP_PORT,
    publicAddress: env.ENGINE_PUBLIC_ADDRESS,
    dataFolder: absolute(env.OFFHOOK_DATA),
    account: {
      sid: env.TWILIO_ACCOUNT_SID,
      authToken: env.TWILIO_AUTH_TOKEN,
      apiKeySid: env.TWILIO_API_KEY,
      apiKeySecret: env.TWILIO_API_SECRET,
      twimlAppSid: env.TWILIO_TWIML_APP_SID,
      callerId: env.TWILIO_CALLER_ID,
      voiceUrl: env.ENGINE_VOICE_URL,
    },
    demoCustomers: env.ENGINE_DEMO_CUSTOMERS && absolute(env.ENGINE_DEMO_CUSTOMERS),
    minFreeBytes: env.ENGINE_MIN_FREE_MB * 1024 * 1024,
    inspector: env.ENGINE_INSPECTOR === 'on',
    sip: sipSettings(env, absolute),
    limits: DEFAULT_LIMITS,
    log: { level: env.LOG_LEVEL },
  };
}

function sipSettings(
  env: z.infer<typeof Environment>,
  absolute: (path: string) => string,
): SipSettings | null {
  try {
    return readSipSettings(env, { publicAddress: env.ENGINE_PUBLIC_ADDRESS, absolute });
  } catch (error) {
    throw new BadSettings([(error as Error).message]);
  }
}
