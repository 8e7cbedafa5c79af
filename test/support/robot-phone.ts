import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { RobotMedia, type HeardTone } from './robot-media.ts';
import type { Sound } from './tones.ts';

export interface RobotOptions {
  /** "ws://127.0.0.1:3002/signal" */
  signalUrl: string;
  /** A Voice SDK access token. */
  token: string;
  /** Registers, so that it can be called. Default: true. */
  register?: boolean;
}

interface Message {
  type: string;
  payload: Record<string, unknown>;
}

/** Connects a robot that speaks the Voice SDK's signalling; resolves when its token is accepted. */
export async function connectRobot(options: RobotOptions): Promise<Robot> {
  const robot = new Robot(options);
  await robot.connect();
  return robot;
}

/** A browser's phone without a browser. */
export class Robot {
  /** Every message the other side sent, newest last. */
  readonly messages: Message[] = [];
  readonly #options: RobotOptions;
  readonly #calls = new Set<RobotCall>();
  readonly #incoming: RobotCall[] = [];
  #wake: (() => void)[] = [];
  #socket: WebSocket | null = null;

  constructor(options: RobotOptions) {
    this.#options = options;
  }

  async connect(): Promise<void> {
    const socket = new WebSocket(this.#options.signalUrl);
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#receive(socket, data.toString('utf8')));
    await once(socket, 'open');
    const from = this.messages.length;
    this.send('listen', { token: this.#options.token, browserinfo: {}, reconnectTimeout: 0 });
    const first = await this.next((message) => ['connected', 'error'].includes(message.type), from);
    if (first.type === 'error') throw new Error(JSON.stringify(first.payload));
    if (this.#options.register === false) return;
    this.send('register', { media: { audio: true } });
    await this.next(({ type }) => type === 'ready', from);
  }

  /** Calls the application; `parameters` are the SDK's custom ones. Resolves once the invite is sent. */
  async call(parameters: Record<string, string> = {}): Promise<RobotCall> {
    const call = new RobotCall(this, `TJS${randomUUID()}`);
    this.#calls.add(call);
    const params = new URLSearchParams(parameters).toString().replaceAll('+', '%20');
    const sdp = await call.offer();
    const twilio = params === '' ? {} : { params };
    this.send('invite', { callsid: call.name, sdp, twilio });
    return call;
  }

  /** The next call that rings here. */
  async incoming(): Promise<RobotCall> {
    for (;;) {
      const call = this.#incoming.shift();
      if (call) return call;
      await this.#news();
    }
  }

  /** The first message from number `from` on that fits. */
  async next(fits: (message: Message) => boolean, from = 0): Promise<Message> {
    for (;;) {
      const found = this.messages.slice(from).find(fits);
      if (found) return found;
      await this.#news();
    }
  }

  send(type: string, payload: object): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) throw new Error('the socket is not open');
    this.#socket.send(JSON.stringify({ type, payload, version: '1.6' }));
  }

  /** Loses the socket and nothing else: sound goes on. */
  dropSocket(): void {
    this.#socket?.terminate();
    this.#socket = null;
  }

  /** Is gone without a word: no socket, no sound. */
  kill(): void {
    this.dropSocket();
    for (const call of this.#calls) call.media.fallSilent();
  }

  /** Takes its calls up again on a new socket, as the SDK does. */
  async reconnect(): Promise<void> {
    await this.connect();
    for (const call of this.#calls) call.reconnect();
  }

  /** Hangs up everything and leaves. Harmless twice. */
  close(): void {
    this.dropSocket();
    for (const call of this.#calls) call.media.close();
    this.#calls.clear();
  }

  #news(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #receive(socket: WebSocket, text: string): void {
    if (text.trim() === '') {
      if (socket.readyState === WebSocket.OPEN) socket.send('\n');
      return;
    }
    const message = JSON.parse(text) as Message;
    this.messages.push(message);
    if (message.type === 'invite') {
      const call = new RobotCall(this, String(message.payload.callsid), message.payload);
      this.#calls.add(call);
      this.#incoming.push(call);
    }
    for (const call of this.#calls) call.receive(message);
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}

export interface RobotEnd {
  how: 'hangup' | 'cancel';
  error: { code: number; message: string } | null;
}

/** One call on a robot. */
export class RobotCall {
  /** The name both sides know it by at first: TJS… when we call, CA… when we are called. */
  readonly name: string;
  /** The CallSid, once it is known. */
  sid: string | null;
  readonly media: RobotMedia;
  /** What came with the invite of a call that rings here. */
  readonly parameters: Record<string, string>;
  /** The far end has answered (a call of ours). */
  readonly answered: Promise<void>;
  readonly ended: Promise<RobotEnd>;
  readonly #robot: Robot;
  readonly #offer: string;
  #reconnect: string | null;
  #accepted!: () => void;
  #over!: (end: RobotEnd) => void;
  #local = '';

  constructor(robot: Robot, name: string, invite: Record<string, unknown> = {}) {
    this.#robot = robot;
    this.name = name;
    this.sid = name.startsWith('CA') ? name : null;
    this.media = new RobotMedia(name);
    this.parameters = (invite.parameters ?? {}) as Record<string, string>;
    this.#offer = typeof invite.sdp === 'string' ? invite.sdp : '';
    this.#reconnect = typeof invite.reconnect === 'string' ? invite.reconnect : null;
    this.answered = new Promise((resolve) => (this.#accepted = resolve));
    this.ended = new Promise((resolve) => (this.#over = resolve));
  }

  async offer(): Promise<string> {
    this.#local = await this.media.offer();
    return this.#local;
  }

  /** Answers a call that rings here. */
  async answer(): Promise<void> {
    this.#local = await this.media.answer(this.#offer);
    this.#robot.send('answer', { callsid: this.name, sdp: this.#local });
  }

  reject(): void {
    this.#robot.send('reject', { callsid: this.name });
  }

  hangup(): void {
    this.#robot.send('hangup', { callsid: this.sid ?? this.name });
  }

  sendTone(hz: number | null): void {
    this.media.sendTone(hz);
  }

  sendDigits(digits: string): Promise<void> {
    return this.media.sendDigits(digits);
  }

  heardTone(ms = 300): HeardTone {
    return this.media.heardTone(ms);
  }

  heard(ms: number): Sound {
    return this.media.heard(ms);
  }

  /** Resolves when it hears this tone (±15 Hz), or silence for null. Rejects after `withinMs`. */
  async hears(hz: number | null, withinMs = 5_000): Promise<void> {
    const until = Date.now() + withinMs;
    for (;;) {
      const tone = this.media.heardSamples < 1_600 ? { hz: null, db: -90 } : this.heardTone(200);
      const silent = tone.hz === null && this.media.heardSamples >= 1_600;
      if (hz === null ? silent : tone.hz !== null && Math.abs(tone.hz - hz) <= 15) return;
      if (Date.now() > until) throw new Error(`heard ${JSON.stringify(tone)}, not ${hz} Hz`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Resolves when sound comes, be it silence: then ours arrives too. */
  async hearsAnything(withinMs = 5_000): Promise<void> {
    const until = Date.now() + withinMs;
    while (this.media.heardSamples === 0) {
      if (Date.now() > until) throw new Error('no sound came');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Resolves when it has heard `ms` more, be it silence: so long both sides have been connected. */
  async hearsFor(ms: number): Promise<void> {
    const wanted = this.media.heardSamples + ms * 8;
    const until = Date.now() + ms + 10_000;
    while (this.media.heardSamples < wanted) {
      if (Date.now() > until) throw new Error('the sound stopped');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  reconnect(): void {
    if (this.#reconnect === null) return;
    const { sid, name } = this;
    const token = this.#reconnect;
    this.#robot.send('invite', {
      callsid: sid ?? name,
      reconnect: token,
      sdp: this.#local,
      twilio: {},
    });
  }

  receive({ type, payload }: Message): void {
    const { callsid } = payload;
    if (callsid !== this.name && callsid !== this.sid) {
      // Our own name becomes theirs with the answer; the SDK goes by there being one call.
      if (type !== 'answer' || this.sid !== null) return;
    }
    if (type === 'answer') {
      if (typeof payload.reconnect === 'string') this.#reconnect = payload.reconnect;
      if (this.sid !== null) return;
      this.sid = String(callsid);
      this.media.accept(String(payload.sdp));
      this.#accepted();
    } else if (type === 'hangup' || type === 'cancel') {
      const error = (payload.error ?? null) as RobotEnd['error'];
      this.#over({ how: type, error });
    }
  }
}
