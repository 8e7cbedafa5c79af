import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { freePort } from '../../../test/support/free-port.ts';
import { writeTone } from '../../../test/support/tones.ts';
import { DEFAULT_LIMITS, readConfig, type EngineLimits } from '../../src/config.ts';
import { createEngine } from '../../src/engine.ts';
import { cseqOf } from '../../src/sip/message/fields.ts';
import type { SipResponse } from '../../src/sip/message/message.ts';
import { Application } from './application.ts';
import { ACCOUNT } from './house.ts';
import { RawPeer, type Sent } from './raw-peer.ts';
import { SDP } from './sip-agents.ts';

export interface SipEngineOptions {
  limits?: Partial<EngineLimits>;
  env?: Record<string, string>;
  /** Settings of the trunk. */
  trunk?: Record<string, unknown>;
}

/** An engine in this process, with limits of its own, whose one trunk is a raw far end. */
export class SipEngine {
  readonly application: Application;
  /** The trunk. */
  readonly peer: RawPeer;
  readonly #sipPort: number;
  readonly #folder: string;
  #engine!: Awaited<ReturnType<typeof createEngine>>;

  /**
   * Our number asks the application at /voice, which answers and plays a tone, and tells it the end
   * at /done.
   */
  static async open(options: SipEngineOptions = {}): Promise<SipEngine> {
    const application = await Application.open(ACCOUNT.TWILIO_AUTH_TOKEN);
    const one = new SipEngine(application, await RawPeer.open(), await freePort());
    await one.#start(options);
    return one;
  }

  private constructor(application: Application, peer: RawPeer, sipPort: number) {
    this.application = application;
    this.peer = peer;
    this.#sipPort = sipPort;
    this.#folder = mkdtempSync(join(tmpdir(), 'offhook-sip-engine-'));
  }

  send(method: string, said?: Sent): number {
    return this.peer.send(this.#sipPort, method, said);
  }

  /** The final answer to an INVITE to our number, in a call of that name. */
  invite(callId: string): Promise<SipResponse> {
    const headers = { 'Call-ID': callId, To: `<sip:${ACCOUNT.TWILIO_CALLER_ID}@127.0.0.1>` };
    return this.peer.final(this.send('INVITE', { sdp: SDP, headers }));
  }

  /** A call to our number that is answered, and acknowledged: the 200. */
  async talking(callId: string): Promise<SipResponse> {
    const ok = await this.invite(callId);
    if (ok.status !== 200) throw new Error(`${callId} was refused: ${ok.status} ${ok.reason}`);
    this.acknowledge(ok);
    return ok;
  }

  /** ACK to a 200, whose CSeq number it has. */
  acknowledge(ok: SipResponse, said: Sent = {}): void {
    this.within(ok, 'ACK', { ...said, cseq: cseqOf(ok).number });
  }

  /** A request within the call that `ok` began. */
  within(ok: SipResponse, method: string, said: Sent = {}): number {
    const headers = { 'Call-ID': ok.headers.get('Call-ID')!, To: ok.headers.get('To')! };
    return this.send(method, { ...said, headers: { ...headers, ...said.headers } });
  }

  /** Asks the engine's HTTP side; a form, or JSON. */
  async ask<Body>(method: string, path: string, body?: URLSearchParams | object): Promise<Body> {
    const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = ACCOUNT;
    const form = body instanceof URLSearchParams;
    const reply = await fetch(`http://127.0.0.1:${this.#engine.port}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`,
        ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return JSON.parse(text) as Body;
  }

  async close(): Promise<void> {
    this.peer.answersBye = true;
    await this.#engine.close();
    this.peer.close();
    await this.application.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start({ limits, env, trunk }: SipEngineOptions): Promise<void> {
    const { url } = this.application;
    const tone = join(this.#folder, 'tone.wav');
    writeTone(tone, { hz: 440, seconds: 1 });
    const body = readFileSync(tone);
    this.application.on('/tone.wav', { status: 200, type: 'audio/wav', body });
    this.application.on('/voice', `<Response><Play loop="0">${url}/tone.wav</Play></Response>`);
    const config = readConfig({
      ...ACCOUNT,
      ENGINE_PORT: '0',
      ENGINE_UDP_PORT: '0',
      ENGINE_VOICE_URL: `${url}/voice`,
      OFFHOOK_DATA: this.#folder,
      SIP_HOST: '127.0.0.1',
      SIP_PORT: String(this.#sipPort),
      ...env,
    });
    const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
    const all = { ...config, limits: { ...DEFAULT_LIMITS, ...limits } };
    this.#engine = await createEngine(all, log);
    const numbers = `/2010-04-01/Accounts/${ACCOUNT.TWILIO_ACCOUNT_SID}/IncomingPhoneNumbers`;
    const { incoming_phone_numbers: list } = await this.ask<{
      incoming_phone_numbers: { sid: string }[];
    }>('GET', `${numbers}.json`);
    const says = new URLSearchParams({ VoiceUrl: `${url}/voice`, StatusCallback: `${url}/done` });
    await this.ask('POST', `${numbers}/${list[0]?.sid}.json`, says);
    const { port } = this.peer;
    const settings = { name: 'Raw', host: '127.0.0.1', port, keepAliveSeconds: 60, ...trunk };
    await this.ask('POST', '/offhook/v1/trunks', settings);
    // OPTIONS come when the engine knows whose this address is.
    this.peer.answer(await this.peer.request('OPTIONS'), 200);
  }
}
