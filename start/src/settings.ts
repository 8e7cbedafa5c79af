import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';

export const REPOSITORY = resolve(import.meta.dirname, '../..');

/** What the front door itself needs to know; the programs read and check the rest. */
export interface Settings {
  /** Absolute. */
  dataFolder: string;
  host: string;
  port: number;
  /** Null: whatever the server makes of host and port. */
  publicUrl: string | null;
  /** Null when calls go through a Twilio that somebody else runs. */
  engine: EngineSettings | null;
  /** Where an engine would listen, whoever the carrier is. */
  enginePorts: EngineSettings;
  /** Null: we bring our own PostgreSQL. */
  databaseUrl: string | null;
  /** Already built pages; null: we build them. */
  webFolder: string | null;
}

export interface EngineSettings {
  port: number;
  udpPort: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Any of these means: the carrier is not ours. */
const CARRIER = [
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
  'TWILIO_API_KEY',
  'TWILIO_API_SECRET',
  'TWILIO_TWIML_APP_SID',
] as const;

const port = (fallback: number, lowest: 0 | 1 = 1) =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number')
    .transform(Number)
    .refine((value) => value >= lowest && value <= 65_535, 'must be a port number')
    .default(fallback);
const text = z.string();

const Read = z.object({
  // fastify opens "localhost" on 127.0.0.1 and ::1, whichever the browser tries first.
  HOST: text.default('localhost'),
  PORT: port(3001),
  PUBLIC_URL: text.optional(),
  OFFHOOK_DATA: text.default('data'),
  OFFHOOK_WEB: text.optional(),
  DATABASE_URL: text.optional(),
  ENGINE_PORT: port(3002),
  ENGINE_UDP_PORT: port(3003, 0),
});

/** A setting that is set to nothing counts as not set. */
export function withoutEmpty(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]?.trim())),
  );
}

/** Reads what it can: a wrong setting is reported and its default stands in for more checks. */
export function readSettings(environment: Environment): { settings: Settings; problems: string[] } {
  const env = withoutEmpty(environment);
  const read = Read.safeParse(env);
  const issues = read.success ? [] : read.error.issues;
  const wrong = new Set(issues.map((issue) => String(issue.path[0])));
  const sound = Object.fromEntries(Object.entries(env).filter(([name]) => !wrong.has(name)));
  const values = read.success ? read.data : Read.parse(sound);
  const enginePorts = { port: values.ENGINE_PORT, udpPort: values.ENGINE_UDP_PORT };
  const ownEngine = CARRIER.every((name) => env[name] === undefined);
  return {
    problems: issues.map((issue) => `${String(issue.path[0])} ${issue.message}`),
    settings: {
      dataFolder: absolute(values.OFFHOOK_DATA),
      host: values.HOST,
      port: values.PORT,
      publicUrl: values.PUBLIC_URL ?? null,
      engine: ownEngine ? enginePorts : null,
      enginePorts,
      databaseUrl: values.DATABASE_URL ?? null,
      webFolder: values.OFFHOOK_WEB === undefined ? null : absolute(values.OFFHOOK_WEB),
    },
  };
}

function absolute(path: string): string {
  return isAbsolute(path) ? path : join(REPOSITORY, path);
}
