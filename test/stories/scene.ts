import type { Call, CallDetail, PhoneToken } from '@offhook/contract';
import { bootOffhook, type BootOptions, type Offhook, type TestCustomer } from '../support/boot.ts';
import type { Client } from '../support/client.ts';
import { Live } from '../support/live.ts';
import { connectRobot, type Robot, type RobotCall } from '../support/robot-phone.ts';
import { writeTone } from '../support/tones.ts';

export const AGENT_HZ = 440;
export const CUSTOMER_HZ = 1000;

/** The people of the stories. Rings are short: how long they are is the customer's own matter. */
export const TALKS = '+447700900001';
export const BUSY = '+447700900002';
export const NO_ANSWER = '+447700900003';
export const HANGS_UP = '+447700900004';
export const NOT_IN_SERVICE = '+447700900006';
export const PERSON = '+447700900008';
/** Answers long enough after the first ring for something to happen meanwhile. */
export const ANSWERS_LATE = '+447700900010';
/** Rings for so long that a story can do something meanwhile. */
export const RINGS_LONG = '+447700900009';

const CUSTOMERS: TestCustomer[] = [
  {
    number: TALKS,
    name: 'Tina Tone',
    ringMs: 200,
    then: 'answer',
    steps: [
      { do: 'play', file: 'tone.wav' },
      { do: 'silence', ms: 60_000 },
    ],
  },
  { number: BUSY, name: 'Bob Busy', ringMs: 0, then: 'busy' },
  { number: NO_ANSWER, name: 'Nora Nobody', ringMs: 0, then: 'no-answer' },
  {
    number: HANGS_UP,
    name: 'Hal Hangup',
    ringMs: 100,
    then: 'answer',
    steps: [{ do: 'silence', ms: 1500 }, { do: 'hangup' }],
  },
  { number: NOT_IN_SERVICE, name: 'Nobody', ringMs: 0, then: 'not-in-service' },
  { number: PERSON, name: 'Pat Person', ringMs: 0, then: 'client', client: 'demo_phone' },
  {
    number: ANSWERS_LATE,
    name: 'Lou Late',
    ringMs: 2500,
    then: 'answer',
    steps: [{ do: 'silence', ms: 60_000 }],
  },
  { number: RINGS_LONG, name: 'Lana Long', ringMs: 60_000, then: 'answer', steps: [] },
];

/** An agent's call, on both sides of the wire. */
export interface Ringing {
  call: Call;
  /** The agent's leg. */
  leg: RobotCall;
}

/** The same, where the agent's leg is not ours to press. */
type OnCall = Partial<Ringing> & Pick<Ringing, 'call'>;

/** One Offhook with an administrator who also takes calls, and what a browser is told. */
export class Scene {
  readonly #robots: Robot[] = [];
  /** One customer's phone for the whole scene: with two, declining on one leaves the other ringing. */
  #customerPhone: Robot | null = null;

  private constructor(
    readonly offhook: Offhook,
    /** What this browser is told; a new one after `serverComesBack`. */
    public live: Live,
  ) {}

  static async open(options: BootOptions = {}): Promise<Scene> {
    const offhook = await bootOffhook({
      customers: CUSTOMERS,
      ...options,
      files: (folder) => {
        writeTone(`${folder}/tone.wav`, { hz: CUSTOMER_HZ, seconds: 30 });
        options.files?.(folder);
      },
    });
    return new Scene(offhook, await Live.open(offhook.admin));
  }

  async close(): Promise<void> {
    this.live.close();
    for (const robot of this.#robots) robot.close();
    await this.offhook.stop();
  }

  /** Killed, as by a power cut: it can tell nobody and finish nothing. */
  async serverDies(): Promise<void> {
    this.live.close();
    await this.offhook.server.stop('SIGKILL');
  }

  async serverComesBack(): Promise<void> {
    await this.offhook.server.start();
    this.live = await Live.open(this.agent);
  }

  get agent(): Client {
    return this.offhook.admin;
  }

  /** The browser phone of whoever is signed in; as demo_phone it plays the customer PERSON. */
  async phone(identity: 'agent' | 'demo_phone', client = this.agent): Promise<Robot> {
    const { token } = await client.okGet<PhoneToken>(`/api/phone/token?identity=${identity}`);
    const robot = await connectRobot({ signalUrl: this.offhook.signalUrl, token });
    this.#robots.push(robot);
    return robot;
  }

  /** Types the number, presses Call, and brings the agent's leg. */
  async rings(number: string, robot?: Robot): Promise<Ringing> {
    const phone = robot ?? (await this.phone('agent'));
    const call = await this.agent.okCall(number);
    const leg = await phone.call({ call: call.id });
    return { call, leg };
  }

  /** A call to TALKS in which both are connected. */
  async talks(number = TALKS): Promise<Ringing> {
    const ringing = await this.rings(number);
    await this.until(ringing, 'connected');
    return ringing;
  }

  /** A call with a person on the customer's phone: both legs are ours to press. */
  async person(robot?: Robot): Promise<Ringing & { customer: RobotCall }> {
    this.#customerPhone ??= await this.phone('demo_phone');
    const ringing = await this.rings(PERSON, robot);
    return { ...ringing, customer: await this.#customerPhone.incoming() };
  }

  until({ call }: Ringing, state: Call['state'], timeoutMs?: number): Promise<Call> {
    return this.live.until(call.id, (now) => now.state === state, timeoutMs);
  }

  ended(ringing: Ringing, timeoutMs?: number): Promise<Call> {
    return this.until(ringing, 'ended', timeoutMs);
  }

  /** The call once its recording is in a final state. */
  recorded({ call }: OnCall, timeoutMs = 30_000): Promise<Call> {
    const over = ['ready', 'absent', 'failed'];
    return this.live.until(
      call.id,
      (now) => now.recording !== null && over.includes(now.recording.state),
      timeoutMs,
    );
  }

  detail({ call }: OnCall): Promise<CallDetail> {
    return this.agent.okGet<CallDetail>(`/api/calls/${call.id}`);
  }

  async hangUp({ call }: OnCall, client = this.agent): Promise<Call> {
    const answer = await client.post<Call>(`/api/calls/${call.id}/hangup`, {});
    if (answer.status !== 200) throw new Error(`hang-up answered ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}
