import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import twilio from 'twilio';
import { ACCOUNT, type TestCustomer } from '../../../test/support/boot.ts';
import { Program } from '../../../test/support/program.ts';
import { connectRobot, type Robot } from '../../../test/support/robot-phone.ts';
import { writeTone } from '../../../test/support/tones.ts';
import { Application } from './application.ts';
import { checkAnswer } from './openapi.ts';

export { ACCOUNT };

type Request<Data> = typeof twilio.RequestClient.prototype.request<Data>;
type Options<Data> = Parameters<Request<Data>>[0];
type Reply<Data> = Awaited<ReturnType<Request<Data>>>;

/**
 * The official client, sent to our engine instead of api.twilio.com. Every answer is held against
 * Twilio's own description.
 */
class LocalClient extends twilio.RequestClient {
  readonly #base: string;

  constructor(base: string) {
    super();
    this.#base = base;
  }

  override async request<Data>(options: Options<Data>): Promise<Reply<Data>> {
    const uri = options.uri.replace(/^https:\/\/api\.twilio\.com/, this.#base);
    const reply = await super.request<Data>({ ...options, uri });
    const raw: unknown = reply.body;
    const body: unknown = typeof raw === 'string' && raw !== '' ? JSON.parse(raw) : raw;
    checkAnswer(options.method.toUpperCase(), new URL(uri).pathname, reply.statusCode, body);
    return reply;
  }
}

export const CUSTOMER_HZ = 1000;
const TONE = { do: 'play', file: 'customer.wav' } as const;

export const CUSTOMERS: TestCustomer[] = [
  { number: '+447700900001', name: 'Tone', ringMs: 200, then: 'answer', steps: [TONE] },
  { number: '+447700900002', name: 'Busy', ringMs: 0, then: 'busy' },
  { number: '+447700900003', name: 'Never', ringMs: 0, then: 'no-answer' },
  {
    number: '+447700900004',
    name: 'Short',
    ringMs: 50,
    then: 'answer',
    steps: [{ do: 'silence', ms: 700 }, { do: 'hangup' }],
  },
  { number: '+447700900006', name: 'Gone', ringMs: 0, then: 'not-in-service' },
  {
    number: '+447700900009',
    name: 'Quiet',
    ringMs: 0,
    then: 'answer',
    steps: [{ do: 'silence', ms: 60_000 }],
  },
  { number: '+447700900008', name: 'You', ringMs: 0, then: 'client', client: 'demo_phone' },
];

/** A real engine process, the application it asks, and the official client to speak to it. */
export class House {
  readonly folder: string;
  readonly application: Application;
  readonly engine: Program;
  client!: ReturnType<typeof twilio>;
  url = '';
  readonly #robots: Robot[] = [];
  readonly #env: Record<string, string>;

  private constructor(application: Application, env: Record<string, string>) {
    this.folder = mkdtempSync(join(tmpdir(), 'offhook-engine-'));
    this.application = application;
    writeTone(join(this.folder, 'customer.wav'), { hz: CUSTOMER_HZ, seconds: 20 });
    writeTone(join(this.folder, 'wait.wav'), { hz: 300, seconds: 1 });
    writeTone(join(this.folder, 'hold.wav'), { hz: 500, seconds: 1 });
    const customers = join(this.folder, 'customers.json');
    writeFileSync(customers, JSON.stringify({ customers: CUSTOMERS }));
    this.#env = {
      ...ACCOUNT,
      ENGINE_PORT: '0',
      ENGINE_UDP_PORT: '0',
      ENGINE_VOICE_URL: `${application.url}/voice`,
      ENGINE_DEMO_CUSTOMERS: customers,
      OFFHOOK_DATA: this.folder,
      ...env,
    };
    this.engine = new Program('engine', 'engine/src/main.ts', this.#env);
  }

  static async open(env: Record<string, string> = {}): Promise<House> {
    const application = await Application.open(ACCOUNT.TWILIO_AUTH_TOKEN);
    const house = new House(application, env);
    for (const name of ['wait', 'hold', 'customer'] as const) {
      const url = `${application.url}/${name}.wav`;
      application.on(`/${name}`, `<Response><Play loop="0">${url}</Play></Response>`);
      const body = readFileSync(join(house.folder, `${name}.wav`));
      application.on(`/${name}.wav`, { status: 200, type: 'audio/wav', body });
    }
    await house.start();
    return house;
  }

  /** Starts the engine; again after it was stopped or killed, with other settings if need be. */
  async start(env: Record<string, string> = {}): Promise<void> {
    Object.assign(this.#env, env);
    const { port } = await this.engine.start();
    this.url = `http://127.0.0.1:${port}`;
    const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = ACCOUNT;
    this.client = twilio(sid, token, { httpClient: new LocalClient(this.url) });
  }

  token(identity: string, ttl = 600): string {
    const { AccessToken } = twilio.jwt;
    const { TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET, TWILIO_TWIML_APP_SID } = ACCOUNT;
    const token = new AccessToken(TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET, {
      identity,
      ttl,
    });
    token.addGrant(
      new AccessToken.VoiceGrant({
        outgoingApplicationSid: TWILIO_TWIML_APP_SID,
        incomingAllow: true,
      }),
    );
    return token.toJwt();
  }

  get signalUrl(): string {
    return `${this.url.replace('http', 'ws')}/signal`;
  }

  async robot(identity = 'agent_ada'): Promise<Robot> {
    const robot = await connectRobot({
      signalUrl: this.signalUrl,
      token: this.token(identity),
    });
    this.#robots.push(robot);
    return robot;
  }

  /** The TwiML of an agent's leg, as the house's section "On the wire" has it. */
  agentTwiml(call: string, more: Record<string, string> = {}): string {
    const base = this.application.url;
    const attributes = {
      participantLabel: 'agent',
      beep: 'false',
      startConferenceOnEnter: 'true',
      endConferenceOnExit: 'true',
      waitUrl: `${base}/wait`,
      record: 'record-from-start',
      trim: 'do-not-trim',
      jitterBufferSize: 'small',
      recordingStatusCallback: `${base}/recording?call=${call}`,
      recordingStatusCallbackEvent: 'in-progress completed absent failed',
      statusCallback: `${base}/conference?call=${call}#rc=3&amp;rp=all`,
      statusCallbackEvent: 'start end join leave mute hold modify',
      ...more,
    };
    const text = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`);
    return `<Response><Dial><Conference ${text.join(' ')}>${call}</Conference></Dial></Response>`;
  }

  /** Puts an agent into the room `call`; resolves with the room's sid once the agent is in it. */
  async agentInRoom(
    call = 'call_1',
    more: Record<string, string> = {},
  ): Promise<{ robot: Robot; leg: Awaited<ReturnType<Robot['call']>>; conferenceSid: string }> {
    this.application.on('/voice', (asked) => this.agentTwiml(asked.fields.call ?? 'none', more));
    const robot = await this.robot();
    const leg = await robot.call({ call });
    const joined = await this.application.next(
      ({ path, query, fields }) =>
        path === '/conference' &&
        query.get('call') === call &&
        fields.StatusCallbackEvent === 'participant-join',
    );
    return { robot, leg, conferenceSid: joined.fields.ConferenceSid ?? '' };
  }

  /** Adds a customer to the room as the server does. */
  customer(conferenceSid: string, to: string, timeout = 30) {
    return this.client.conferences(conferenceSid).participants.create({
      from: ACCOUNT.TWILIO_CALLER_ID,
      to,
      label: 'leg_1',
      earlyMedia: true,
      beep: 'false',
      endConferenceOnExit: true,
      timeout,
      statusCallback: `${this.application.url}/leg?leg=leg_1`,
      statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    });
  }

  /** The conference's callback of this kind. */
  news(event: string) {
    return this.application.next(
      ({ path, fields }) => path === '/conference' && fields.StatusCallbackEvent === event,
    );
  }

  leg(status: string) {
    return this.application.next(
      ({ path, fields }) => path === '/leg' && fields.CallStatus === status,
    );
  }

  /** Resolves when a recording that runs holds `ms` more of sound. */
  async records(recordingSid: string, ms: number, withinMs = 10_000): Promise<void> {
    const spool = join(this.folder, 'engine', 'recordings', `${recordingSid}.ulaw2`);
    // Two channels of 8,000 bytes a second each.
    const size = () => statSync(spool, { throwIfNoEntry: false })?.size ?? 0;
    const wanted = size() + ms * 16;
    const until = Date.now() + withinMs;
    while (size() < wanted) {
      if (Date.now() > until) throw new Error(`${recordingSid} does not grow: ${size()} bytes`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async close(): Promise<void> {
    for (const robot of this.#robots) robot.close();
    await this.engine.stop();
    await this.application.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
