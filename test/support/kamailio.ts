import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findProgram } from './debian.ts';

const CONFIG = join(import.meta.dirname, '../../deploy/kamailio/kamailio.cfg');
const START_MS = 10_000;

/** The example configuration of deploy/kamailio, run as it is, between ports of this machine. */
export class Kamailio {
  readonly port: number;
  readonly log: string[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'offhook-kamailio-'));
  #child: ChildProcess | null = null;
  #gone: Promise<void> = Promise.resolve();

  private constructor(port: number) {
    this.port = port;
  }

  /** All are UDP ports; OPTIONS go to engines and carriers every second. */
  static async start({
    port,
    ...behind
  }: {
    port: number;
    engines: number[];
    carriers: number[];
  }): Promise<Kamailio> {
    const proxy = new Kamailio(port);
    try {
      await proxy.#start(behind);
    } catch (error) {
      await proxy.stop();
      throw error;
    }
    return proxy;
  }

  async stop(): Promise<void> {
    this.#child?.kill('SIGTERM');
    await this.#gone;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start({ engines, carriers }: { engines: number[]; carriers: number[] }): Promise<void> {
    const program = findProgram('kamailio');
    if (program === null) throw new Error('There is no kamailio. Install it.');
    const list = [
      ...engines.map((port) => `1 sip:127.0.0.1:${port} 8 0`),
      ...carriers.map((port, place) => `2 sip:127.0.0.1:${port} 0 ${10 - place}`),
    ];
    writeFileSync(join(this.#folder, 'dispatcher.list'), `${list.join('\n')}\n`);
    const settings = [
      `LISTEN udp:127.0.0.1:${this.port}`,
      `DISPATCHER_LIST "${join(this.#folder, 'dispatcher.list')}"`,
      `RPC_FIFO "${join(this.#folder, 'rpc')}"`,
      'PING_SECONDS 1',
    ];
    const local = settings.map((one) => `#!define ${one}\n`).join('');
    writeFileSync(join(this.#folder, 'local.cfg'), local);
    copyFileSync(CONFIG, join(this.#folder, 'kamailio.cfg'));
    const options = ['-f', join(this.#folder, 'kamailio.cfg'), '-DD', '-E', '-m', '32'];
    const child = spawn(program, options, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    this.#gone = new Promise((resolve) => {
      child.once('exit', () => {
        this.#child = null;
        resolve();
      });
    });
    createInterface({ input: child.stderr }).on('line', (line) => this.log.push(line));
    await this.#answers();
  }

  /** It has no word for being ready; a request that may go no further gets 483 when it is. */
  async #answers(): Promise<void> {
    const socket = createSocket('udp4');
    const answered = new Promise<void>((resolve) => socket.once('message', () => resolve()));
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const timer = setInterval(() => this.#knock(socket), 100);
    const late = AbortSignal.timeout(START_MS);
    try {
      await Promise.race([
        answered,
        this.#gone.then(() => Promise.reject(new Error(`kamailio ended: ${this.log.join('\n')}`))),
        new Promise((_, reject) => {
          late.addEventListener('abort', () => {
            reject(new Error(`kamailio does not answer: ${this.log.join('\n')}`));
          });
        }),
      ]);
    } finally {
      clearInterval(timer);
      socket.close();
    }
  }

  #knock(socket: Socket): void {
    const { port } = socket.address();
    const lines = [
      `OPTIONS sip:127.0.0.1:${this.port} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bKknock${Date.now()}`,
      'From: <sip:test@127.0.0.1>;tag=1',
      'To: <sip:test@127.0.0.1>',
      `Call-ID: knock-${port}`,
      'CSeq: 1 OPTIONS',
      'Max-Forwards: 0',
      'Content-Length: 0',
    ];
    socket.send(`${lines.join('\r\n')}\r\n\r\n`, this.port, '127.0.0.1');
  }
}
