import { resolve } from 'node:path';
import { z } from 'zod';
import type { Config } from './config.ts';
import { readDemoCustomers } from './demo-customers.ts';
import {
  hostAndPort,
  hostName,
  httpUrl,
  list,
  number,
  prefixes,
  text,
  webSocketUrl,
  withDefault,
  yesOrNo,
} from './settings.ts';
import { carrierProblems } from './carrier-problems.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../..');
const TWILIO_API = 'https://api.twilio.com';
/** RFC 3261 §19.1.2: UDP and TCP, where nobody says another. */
const SIP_PORT = 5060;
/** What Twilio's own pages and SDK talk to. */
const TWILIO_ORIGINS = ['wss://*.twilio.com', 'https://*.twilio.com'];

export type Env = Readonly<Record<string, string | undefined>>;

/** The environment is not fit to start with; `message` lists everything that is wrong. */
export class BadSettings extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `Offhook cannot start, these settings are wrong:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    );
    this.name = 'BadSettings';
  }
}

const Settings = z.object({
  HOST: withDefault(text, '127.0.0.1'),
  PORT: withDefault(number(0, 65_535), 3001),
  PUBLIC_URL: httpUrl.optional(),
  TRUSTED_PROXIES: withDefault(list, []),
  OFFHOOK_DATA: withDefault(text, 'data'),
  OFFHOOK_WEB: withDefault(text, 'web/dist'),
  OFFHOOK_SECRET: z.string().min(32, 'needs at least 32 characters').optional(),
  OFFHOOK_SETUP_TOKEN: z.string().min(8, 'needs at least 8 characters').optional(),
  DATABASE_URL: z
    .string({
      error: 'is missing: the address of a PostgreSQL database (npm start brings its own)',
    })
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'),
  LOG_LEVEL: withDefault(
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be fatal, error, warn, info, debug, trace or silent',
    }),
    'info',
  ),
  TWILIO_ACCOUNT_SID: sid('AC').optional(),
  TWILIO_AUTH_TOKEN: text.optional(),
  TWILIO_API_KEY: sid('SK').optional(),
  TWILIO_API_SECRET: text.optional(),
  TWILIO_TWIML_APP_SID: sid('AP').optional(),
  TWILIO_CALLER_ID: z
    .string()
    .regex(/^\+[1-9][0-9]{6,14}$/, 'must be a number such as +442079460000')
    .optional(),
  TWILIO_SIP_DOMAIN: hostName.optional(),
  TWILIO_SIP_CREDENTIAL_LIST: sid('CL').optional(),
  OFFHOOK_SIP_SERVER: hostAndPort.optional(),
  // Twilio takes up to a day. The browser asks for the next one in time.
  PHONE_TOKEN_SECONDS: withDefault(number(5, 86_400), 3_600),
  TWILIO_API_URL: withDefault(httpUrl, TWILIO_API),
  OFFHOOK_CALLBACK_URL: httpUrl.optional(),
  OFFHOOK_SIGNAL_UPSTREAM: webSocketUrl.optional(),
  OFFHOOK_DEMO_CUSTOMERS: text.optional(),
  DIAL_COUNTRY: withDefault(z.string().regex(/^[A-Z]{2}$/, 'must be two letters such as GB'), 'GB'),
  DIAL_EMERGENCY_NUMBERS: withDefault(list, ['112', '911', '999', '18000']),
  DIAL_PREMIUM_PREFIXES: withDefault(prefixes, ['+449', '+4470', '+1900', '+979']),
  // The plan counts Britain's 084 and 0870 in; they cost a few pence, and companies answer there.
  DIAL_NOT_PREMIUM_PREFIXES: withDefault(prefixes, ['+4484', '+44870']),
  DIAL_BLOCKED_PREFIXES: withDefault(prefixes, []),
  CALL_AGENT_JOIN_SECONDS: withDefault(number(1, 120), 20),
  CALL_RING_SECONDS: withDefault(number(1, 600), 45),
  CALL_MAX_MINUTES: withDefault(number(0.05, 1_440), 240),
  CALL_AGENT_GRACE_SECONDS: withDefault(number(0, 300), 0),
  CALL_SWEEP_SECONDS: withDefault(number(0.5, 3_600), 15),
  RECORDING_TOLERANCE_MS: number(0, 60_000).optional(),
  RECORDING_DELETE_FROM_CARRIER: withDefault(yesOrNo, false),
  RECORDING_MISSING_AFTER_SECONDS: withDefault(number(1, 86_400), 120),
});
type Settings = z.infer<typeof Settings>;

/**
 * Reads the environment, all of it, here and nowhere else. Throws BadSettings, which names every
 * problem at once. A setting that is set to nothing counts as not set.
 */
export function configFromEnv(environment: Env = process.env): Config {
  const env = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const problems = carrierProblems(env, TWILIO_API);
  const read = Settings.safeParse(env);
  if (!read.success) {
    problems.push(
      ...read.error.issues.map((issue) => `${issue.path.map(String).join('.')} ${issue.message}`),
    );
  }
  const demo = readDemoCustomers(env.OFFHOOK_DEMO_CUSTOMERS);
  problems.push(...demo.problems);
  if (!read.success || problems.length > 0) throw new BadSettings(problems);
  return configFrom(read.data, demo.customers);
}

function configFrom(settings: Settings, demoCustomers: Config['demoCustomers']): Config {
  const publicUrl = settings.PUBLIC_URL ?? `http://localhost:${settings.PORT}`;
  const ownSignal = settings.OFFHOOK_SIGNAL_UPSTREAM;
  return {
    http: {
      host: settings.HOST,
      port: settings.PORT,
      publicUrl,
      webFolder: resolve(REPOSITORY, settings.OFFHOOK_WEB),
      connectOrigins: ownSignal === undefined ? TWILIO_ORIGINS : [],
      trustedProxies: settings.TRUSTED_PROXIES,
    },
    people: {
      sessionSecret: settings.OFFHOOK_SECRET ?? null,
      setupToken: settings.OFFHOOK_SETUP_TOKEN ?? null,
    },
    database: { url: settings.DATABASE_URL },
    dataFolder: resolve(REPOSITORY, settings.OFFHOOK_DATA),
    carrier: carrierFrom(settings, publicUrl),
    trunks: isTwilio(settings.TWILIO_API_URL) ? null : { apiUrl: settings.TWILIO_API_URL },
    dialling: {
      country: settings.DIAL_COUNTRY,
      allowDramaNumbers: demoCustomers.length > 0,
      emergencyNumbers: settings.DIAL_EMERGENCY_NUMBERS,
      premiumPrefixes: settings.DIAL_PREMIUM_PREFIXES,
      notPremiumPrefixes: settings.DIAL_NOT_PREMIUM_PREFIXES,
      blockedPrefixes: settings.DIAL_BLOCKED_PREFIXES,
    },
    signal: ownSignal === undefined ? null : { upstream: ownSignal },
    demoCustomers,
    call: {
      agentJoinMs: ms(settings.CALL_AGENT_JOIN_SECONDS),
      ringMs: ms(settings.CALL_RING_SECONDS),
      maxCallMs: ms(settings.CALL_MAX_MINUTES * 60),
      agentGraceMs: ms(settings.CALL_AGENT_GRACE_SECONDS),
      sweepEveryMs: ms(settings.CALL_SWEEP_SECONDS),
    },
    recording: {
      deleteFromCarrier: settings.RECORDING_DELETE_FROM_CARRIER,
      missingAfterMs: ms(settings.RECORDING_MISSING_AFTER_SECONDS),
    },
    log: { level: settings.LOG_LEVEL },
  };
}

function carrierFrom(settings: Settings, publicUrl: string): Config['carrier'] {
  // carrierProblems has seen to it that all of these are set.
  const set = (value: string | undefined) => value ?? '';
  return {
    apiUrl: settings.TWILIO_API_URL,
    accountSid: set(settings.TWILIO_ACCOUNT_SID),
    authToken: set(settings.TWILIO_AUTH_TOKEN),
    apiKeySid: set(settings.TWILIO_API_KEY),
    apiKeySecret: set(settings.TWILIO_API_SECRET),
    twimlAppSid: set(settings.TWILIO_TWIML_APP_SID),
    callerId: set(settings.TWILIO_CALLER_ID),
    tokenSeconds: Math.round(settings.PHONE_TOKEN_SECONDS),
    callbackUrl: settings.OFFHOOK_CALLBACK_URL ?? publicUrl,
    // Twilio tells times in whole seconds, our engine to the sample.
    recordingToleranceMs:
      settings.RECORDING_TOLERANCE_MS ?? (settings.TWILIO_API_URL === TWILIO_API ? 2_000 : 500),
    sipPhones: sipPhonesFrom(settings),
  };
}

/** Twilio's cloud, in whichever region: api.twilio.com, api.dublin.ie1.twilio.com. */
function isTwilio(apiUrl: string): boolean {
  return new URL(apiUrl).hostname.endsWith('.twilio.com');
}

function sipPhonesFrom(settings: Settings): Config['carrier']['sipPhones'] {
  const { TWILIO_SIP_DOMAIN: domain, TWILIO_SIP_CREDENTIAL_LIST: credentialListSid } = settings;
  // carrierProblems has seen to it that one is not set without the other.
  if (domain === undefined || credentialListSid === undefined) return null;
  const server = settings.OFFHOOK_SIP_SERVER ?? { host: domain, port: SIP_PORT };
  return { domain, credentialListSid, server };
}

function sid(prefix: string): z.ZodString {
  return z
    .string()
    .regex(new RegExp(`^${prefix}[0-9a-f]{32}$`), `must be ${prefix} and 32 hex digits`);
}

function ms(seconds: number): number {
  return Math.round(seconds * 1_000);
}
