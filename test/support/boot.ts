import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from './client.ts';
import type { FreshDatabase } from './database.ts';
import { freePort } from './free-port.ts';
import { Program } from './program.ts';

/** A demo customer as the engine reads it from its JSON; see engine/demo/customers.json. */
export interface TestCustomer {
  number: string;
  name: string;
  description?: string;
  ringMs: number;
  then: 'answer' | 'busy' | 'no-answer' | 'not-in-service' | 'client';
  client?: string;
  steps?: (
    | { do: 'play'; file: string }
    | { do: 'echo'; delayMs: number; ms?: number }
    | { do: 'silence'; ms: number }
    | { do: 'hangup' }
  )[];
}

export interface BootOptions {
  /** Whom one can ring. Files of `play` are absolute paths, or in `files`. */
  customers?: TestCustomer[];
  /** Called with the folder of the customers' JSON before anything starts: put WAV files there. */
  files?: (folder: string) => void;
  /** More settings for both programs. */
  env?: Record<string, string>;
  /** False: nobody has been there yet, and `admin` is a visitor. */
  setUp?: boolean;
  /** An empty database of one's own; absent: a copy of the test run's migrated one. */
  databaseUrl?: string;
  /** Folder of built web pages; absent: those that `npm test` built, or none. */
  web?: string;
}

/** Where agents' SIP phones register, in the words of either program. */
export const PHONES = {
  domain: 'phones.example.com',
  credentialListSid: `CL${'f6'.repeat(16)}`,
} as const;

/** The secrets of the engine's one account. */
export const ACCOUNT = {
  TWILIO_ACCOUNT_SID: `AC${'a1'.repeat(16)}`,
  TWILIO_AUTH_TOKEN: 'b2'.repeat(16),
  TWILIO_API_KEY: `SK${'c3'.repeat(16)}`,
  TWILIO_API_SECRET: 'd4'.repeat(16),
  TWILIO_TWIML_APP_SID: `AP${'e5'.repeat(16)}`,
  TWILIO_CALLER_ID: '+447700900000',
} as const;

export interface Offhook {
  /** "http://localhost:41234" */
  url: string;
  engineUrl: string;
  /** Where the Voice SDK's signalling is reached through the server. */
  signalUrl: string;
  dataFolder: string;
  databaseUrl: string;
  server: Program;
  engine: Program;
  /** The first administrator, signed in. */
  admin: Client;
  /** Another browser, nobody signed in. */
  visitor(): Client;
  /** Stops both and removes what they kept. Harmless twice. */
  stop(): Promise<void>;
}

/** The real server and the real engine as processes, on a database and a data folder of their own. */
export async function bootOffhook(options: BootOptions = {}): Promise<Offhook> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'offhook-boot-'));
  const database = await databaseFor(options);
  const [port, enginePort] = [await freePort(), await freePort()];
  const url = `http://localhost:${port}`;
  const env = environment({ ...options, dataFolder, databaseUrl: database.url, port, enginePort });
  const engine = new Program('engine', 'engine/src/main.ts', env);
  const server = new Program('server', 'server/src/main.ts', env);
  let stopping: Promise<void> | null = null;
  const stop = () =>
    (stopping ??= (async () => {
      await server.stop();
      await engine.stop();
      await database.drop();
      rmSync(dataFolder, { recursive: true, force: true });
    })());
  try {
    await Promise.all([engine.start(), server.start()]);
    const admin = new Client(url);
    if (options.setUp !== false) await admin.okSetUp();
    return {
      url,
      engineUrl: `http://127.0.0.1:${enginePort}`,
      signalUrl: `ws://localhost:${port}/signal`,
      dataFolder,
      databaseUrl: database.url,
      server,
      engine,
      admin,
      visitor: () => new Client(url),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** database.ts works under vitest only, and the benchmarks boot without it. */
async function databaseFor({ databaseUrl }: BootOptions): Promise<FreshDatabase> {
  if (databaseUrl !== undefined) return { url: databaseUrl, drop: () => Promise.resolve() };
  const { freshDatabase } = await import('./database.ts');
  return freshDatabase();
}

interface Places {
  dataFolder: string;
  databaseUrl: string;
  port: number;
  enginePort: number;
}

/** What `npm start` gives its children, for both at once: each reads only its own. */
function environment(
  options: Omit<BootOptions, 'databaseUrl' | 'setUp'> & Places,
): Record<string, string> {
  const { dataFolder, port, enginePort } = options;
  const customers = join(dataFolder, 'customers.json');
  options.files?.(dataFolder);
  const list = (options.customers ?? []).map((customer) => ({
    description: customer.name,
    ...customer,
  }));
  writeFileSync(customers, JSON.stringify({ customers: list }));
  return {
    ...ACCOUNT,
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: `http://localhost:${port}`,
    OFFHOOK_DATA: dataFolder,
    OFFHOOK_WEB: options.web ?? process.env.OFFHOOK_TEST_WEB ?? join(dataFolder, 'no-web'),
    OFFHOOK_CALLBACK_URL: `http://127.0.0.1:${port}`,
    OFFHOOK_SIGNAL_UPSTREAM: `ws://127.0.0.1:${enginePort}`,
    OFFHOOK_DEMO_CUSTOMERS: customers,
    DATABASE_URL: options.databaseUrl,
    TWILIO_API_URL: `http://127.0.0.1:${enginePort}`,
    ENGINE_PORT: String(enginePort),
    ENGINE_UDP_PORT: '0',
    ENGINE_VOICE_URL: `http://127.0.0.1:${port}/carrier/voice`,
    ENGINE_DEMO_CUSTOMERS: customers,
    // Nothing of SIP is opened before somebody has a trunk or a SIP phone.
    SIP_PORT: '0',
    SIP_HOST: '127.0.0.1',
    SIP_DOMAIN: PHONES.domain,
    SIP_CREDENTIAL_LIST: PHONES.credentialListSid,
    TWILIO_SIP_DOMAIN: PHONES.domain,
    TWILIO_SIP_CREDENTIAL_LIST: PHONES.credentialListSid,
    LOG_LEVEL: 'debug',
    ...options.env,
  };
}
