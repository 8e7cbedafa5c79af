import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { freeUdpPort } from '../../../test/support/free-port.ts';
import { DEFAULT_LIMITS, readConfig, type EngineLimits } from '../../src/config.ts';
import { createEngine } from '../../src/engine.ts';
import { Application } from './application.ts';
import { ACCOUNT } from './house.ts';
import { RawPeer, type Sent } from './raw-peer.ts';

/** An engine in this process, with limits of its own, whose one trunk is a raw far end. */
export interface SipEngine {
  readonly application: Application;
  /** The trunk; it has been looked at: what it sends is listened to. */
  readonly peer: RawPeer;
  send(method: string, said?: Sent): void;
  /** INVITE to our number, as a call of its own. */
  invite(name: string, said?: Sent): void;
  /** Asks the REST API, in forms. */
  post(path: string, form: Record<string, string>): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

export interface SipEngineOptions {
  limits?: Partial<EngineLimits>;
  env?: Record<string, string>;
}

export async function openSipEngine({ limits, env }: SipEngineOptions = {}): Promise<SipEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-sip-engine-'));
  const application = await Application.open(ACCOUNT.TWILIO_AUTH_TOKEN);
  const peer = await RawPeer.open();
  const port = await freeUdpPort();
  const config = readConfig({
    ...ACCOUNT,
    ENGINE_PORT: '0',
    ENGINE_UDP_PORT: '0',
    ENGINE_VOICE_URL: `${application.url}/voice`,
    OFFHOOK_DATA: folder,
    SIP_HOST: '127.0.0.1',
    SIP_PORT: String(port),
    SIP_TRUNK: `sip:127.0.0.1:${peer.port}`,
    ...env,
  });
  const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
  const engine = await createEngine({ ...config, limits: { ...DEFAULT_LIMITS, ...limits } }, log);
  // Its first OPTIONS come when it knows whose address this is.
  peer.answer(await peer.request('OPTIONS'), 200);
  const send = (method: string, said?: Sent) => peer.send(port, method, said);
  return {
    application,
    peer,
    send,
    invite: (name, said = {}) => {
      const headers = { 'Call-ID': name, To: `<sip:${ACCOUNT.TWILIO_CALLER_ID}@127.0.0.1>` };
      send('INVITE', { ...said, headers: { ...headers, ...said.headers } });
    },
    post: (path, form) => post(engine.port, path, form),
    close: async () => {
      peer.answersBye = true;
      await engine.close();
      peer.close();
      await application.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function post(
  port: number,
  path: string,
  form: Record<string, string>,
): Promise<Record<string, unknown>> {
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = ACCOUNT;
  const reply = await fetch(`http://127.0.0.1:${port}/2010-04-01/Accounts/${sid}${path}`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}` },
    body: new URLSearchParams(form),
  });
  const body = (await reply.json()) as Record<string, unknown>;
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${String(body.message)}`);
  return body;
}
