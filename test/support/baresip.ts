import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { writeTone, type Sound } from './tones.ts';

export interface BaresipOptions {
  /** The user of its address. */
  user: string;
  /** The host of its address; absent: its own address and port, without a registrar. */
  domain?: string;
  /** Where it registers and sends its calls: `sip:127.0.0.1:5060;transport=tcp`. */
  registrar?: string;
  password?: string;
  /** What it says. */
  hz: number;
  /** answer: picks up by itself. */
  when?: 'ring' | 'answer';
  codecs?: readonly ('PCMU' | 'PCMA')[];
  /** PEM of its own certificate and key in one file; and of the authorities that it trusts. */
  tls?: { certificate?: string; authority?: string };
  /** How it presses keys. */
  keys?: 'rtpevent' | 'info';
  /** More parameters of its account: `mediaenc=srtp`. */
  account?: readonly string[];
}

/** What baresip tells: CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED, CALL_DTMF_START, REGISTER_OK … */
export interface BaresipEvent {
  type: string;
  /** The reason of an end, a key, a status line. */
  param?: string;
  peeruri?: string;
}

/** The other thing that it tells: the answer to a command. */
interface Response {
  event?: boolean;
  token?: string;
  data?: string;
}

const MODULES = ['aufile', 'aubridge', 'sndfile', 'g711', 'srtp'];
const APPLICATIONS = ['account', 'menu', 'ctrl_tcp'];

/**
 * A softphone of Debian's baresip, on loopback, with a folder of its own: says a tone, keeps what it
 * hears, and does what it is told. UDP and TCP at `port`, TLS at the next one.
 */
export class Baresip {
  readonly port: number;
  readonly folder: string;
  readonly events: BaresipEvent[] = [];
  /** What it wrote, newest last. */
  readonly log: string[] = [];
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #control: Socket | null = null;
  #wake: (() => void)[] = [];
  #unread = '';
  #asked = 0;
  readonly #answers = new Map<string, string>();

  private constructor(port: number, folder: string) {
    this.port = port;
    this.folder = folder;
    this.#child = spawn('baresip', ['-f', folder, '-v'], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#gone = new Promise((resolve) => this.#child.once('exit', () => resolve()));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.log.push(text);
        if (process.env.OFFHOOK_TEST_LOG) process.stderr.write(`baresip: ${text}`);
      });
    }
  }

  static async start(options: BaresipOptions): Promise<Baresip> {
    const folder = mkdtempSync(join(tmpdir(), 'offhook-baresip-'));
    // It takes the next port for TLS.
    const port = await freePort();
    const controlPort = await freePort();
    writeTone(join(folder, 'says.wav'), { hz: options.hz, seconds: 60 });
    writeFileSync(join(folder, 'config'), config(folder, port, controlPort, options));
    writeFileSync(join(folder, 'accounts'), `${account(port, options)}\n`);
    writeFileSync(join(folder, 'contacts'), '');
    const phone = new Baresip(port, folder);
    try {
      await phone.#connect(controlPort);
    } catch (error) {
      await phone.stop();
      throw error;
    }
    return phone;
  }

  get pid(): number {
    if (!this.#child.pid) throw new Error('baresip is not running');
    return this.#child.pid;
  }

  /** One of its menu's commands: dial, accept, hangup, hold, resume, sndcode … */
  command(command: string, params = ''): void {
    this.#send(command, params, command);
  }

  /** What it says to a command: `reginfo`, `callstat` … */
  async ask(command: string, params = ''): Promise<string> {
    const token = `ask-${(this.#asked += 1)}`;
    this.#send(command, params, token);
    const answered = () => this.#answers.get(token);
    while (answered() === undefined) await this.#more(1_000);
    return answered() ?? '';
  }

  /**
   * Resolves when its registrar has taken it, or refused it: OK or ERR. The events of it may have
   * come before anybody listened.
   */
  async registered(): Promise<'OK' | 'ERR'> {
    for (;;) {
      const [said] = /OK|ERR/.exec(await this.ask('reginfo')) ?? [];
      if (said === 'OK' || said === 'ERR') return said;
      await this.#more(100);
    }
  }

  dial(uri: string): void {
    this.command('dial', uri);
  }

  accept(): void {
    this.command('accept');
  }

  hangUp(): void {
    this.command('hangup');
  }

  press(key: string): void {
    this.command('sndcode', key);
  }

  /** The first event of this kind that was not taken yet, told already or still to come. */
  async next(type: string, withinMs = 10_000): Promise<BaresipEvent> {
    const until = Date.now() + withinMs;
    for (;;) {
      const at = this.events.findIndex((event) => event.type === type);
      const [found] = at === -1 ? [] : this.events.splice(at, 1);
      if (found) return found;
      const left = until - Date.now();
      if (left <= 0) {
        const told = this.events.map((event) => JSON.stringify(event)).join('\n');
        throw new Error(`baresip told no ${type}; it told:\n${told}\n${this.log.join('')}`);
      }
      await this.#more(left);
    }
  }

  /** What was told so far counts no more: the next call is another story. */
  forget(): void {
    this.events.length = 0;
  }

  /** What it has heard in its last call up to now. */
  heard(): Sound {
    const [last] = readdirSync(this.folder)
      .filter((name) => name.startsWith('dump-') && name.endsWith('-dec.wav'))
      .sort()
      .slice(-1);
    if (last === undefined) return { rate: 8000, samples: new Float32Array() };
    // 16-bit PCM behind a header of 44 bytes; the sizes in it are only right once it is closed.
    const bytes = readFileSync(join(this.folder, last)).subarray(44);
    const samples = new Float32Array(Math.floor(bytes.length / 2));
    for (let at = 0; at < samples.length; at++) samples[at] = bytes.readInt16LE(at * 2) / 32_768;
    return { rate: 8000, samples };
  }

  /** Ends it; harmless twice. What it heard is gone with its folder. */
  async stop(): Promise<void> {
    this.#control?.destroy();
    if (this.#child.exitCode === null) this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 3_000);
    await this.#gone;
    clearTimeout(late);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Ends it without a word to anybody. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.stop();
  }

  #send(command: string, params: string, token: string): void {
    const text = JSON.stringify({ command, params, token });
    this.#control?.write(`${Buffer.byteLength(text)}:${text},`);
  }

  async #connect(port: number): Promise<void> {
    const until = Date.now() + 10_000;
    while (this.#control === null) {
      const over = this.#child.exitCode !== null || Date.now() > until;
      if (over) throw new Error(`baresip does not start:\n${this.log.join('')}`);
      // It says that it is ready on a buffered pipe, too late: asking is the only way to know.
      this.#control = await tryToConnect(port);
    }
    this.#control.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.#control.on('error', () => this.#control?.destroy());
  }

  /** Netstrings: length, colon, JSON, comma. */
  #read(text: string): void {
    this.#unread += text;
    for (;;) {
      const colon = this.#unread.indexOf(':');
      const length = Number(this.#unread.slice(0, colon));
      if (colon === -1 || this.#unread.length < colon + length + 2) break;
      const json = this.#unread.slice(colon + 1, colon + 1 + length);
      this.#unread = this.#unread.slice(colon + length + 2);
      const told = JSON.parse(json) as BaresipEvent & Response;
      if (told.event === true) this.events.push(told);
      else this.#answers.set(told.token ?? '', told.data ?? '');
      if (process.env.OFFHOOK_TEST_LOG) process.stderr.write(`baresip tells: ${json}\n`);
    }
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }

  #more(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#wake.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

function config(
  folder: string,
  port: number,
  controlPort: number,
  { tls = {} }: BaresipOptions,
): string {
  return [
    'poll_method epoll',
    `sip_listen 127.0.0.1:${port}`,
    'net_interface 127.0.0.1',
    ...(tls.certificate === undefined ? [] : [`sip_certificate ${tls.certificate}`]),
    ...(tls.authority === undefined ? [] : [`sip_cafile ${tls.authority}`]),
    `audio_source aufile,${join(folder, 'says.wav')}`,
    // It decodes, and so records, only for somebody who listens.
    'audio_player aubridge,ear',
    'audio_alert aubridge,alert',
    'audio_srate 8000',
    'audio_channels 1',
    'audio_buffer 20-160',
    'call_local_timeout 120',
    'call_max_calls 4',
    'rtp_ports 30000-39999',
    'module_path /usr/lib/baresip/modules',
    ...MODULES.map((name) => `module ${name}.so`),
    ...APPLICATIONS.map((name) => `module_app ${name}.so`),
    `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
    `snd_path ${folder}`,
    '',
  ].join('\n');
}

function account(port: number, options: BaresipOptions): string {
  const { user, domain = `127.0.0.1:${port}`, registrar, password } = options;
  const { when = 'ring', codecs = ['PCMU', 'PCMA'], keys = 'rtpevent' } = options;
  return [
    `<sip:${user}@${domain}>`,
    ...(registrar === undefined ? ['regint=0'] : [`outbound="${registrar}"`, 'regint=60']),
    ...(password === undefined ? [] : [`auth_user=${user}`, `auth_pass=${password}`]),
    `answermode=${when === 'answer' ? 'auto' : 'manual'}`,
    `audio_codecs=${codecs.map((name) => `${name}/8000`).join(',')}`,
    `dtmfmode=${keys === 'info' ? 'info' : 'rtpevent'}`,
    ...(options.account ?? []),
  ].join(';');
}

function tryToConnect(port: number): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => {
      socket.destroy();
      setTimeout(() => resolve(null), 20);
    });
  });
}
