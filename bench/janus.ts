import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../test/support/free-port.ts';

const BINARY = '/usr/bin/janus';
/** What Debian ships besides, and nobody here asks for. */
const OTHER_PLUGINS = ['duktape', 'echotest', 'lua', 'nosip', 'recordplay', 'sip', 'streaming'];
const MORE_PLUGINS = ['textroom', 'videocall', 'videoroom', 'voicemail'];
const OTHER_TRANSPORTS = ['mqtt', 'nanomsg', 'pfunix', 'rabbitmq', 'websockets'];
const START_WITHIN_MS = 10_000;

interface Reply {
  janus: string;
  sender?: number;
  data?: { id: number };
  plugindata?: { data: Record<string, unknown> & { rtp?: { port: number } } };
  error?: { reason: string };
}

/** Debian's Janus with its AudioBridge, spoken to over its HTTP API. */
export class Janus {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #url: string;
  #session = '';
  #rooms = 0;

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.#url = url;
    this.pid = process.pid ?? 0;
  }

  static get installed(): boolean {
    return existsSync(BINARY);
  }

  /** `folder`: for its configuration and its recordings. */
  static async start(folder: string): Promise<Janus> {
    const port = await freePort();
    const config = writeConfig(join(folder, 'janus'), port);
    const child = spawn(BINARY, ['-F', config, '-C', join(config, 'janus.jcfg')], {
      stdio: 'ignore',
    });
    const janus = new Janus(child, `http://127.0.0.1:${port}/janus`);
    const until = performance.now() + START_WITHIN_MS;
    while (janus.#session === '') {
      if (child.exitCode !== null) throw new Error(`Janus ended with ${child.exitCode}`);
      try {
        const made = await janus.#ask('', { janus: 'create' });
        janus.#session = `/${made.data!.id}`;
      } catch (error) {
        if (performance.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    return janus;
  }

  /** A room recorded to `wav`, with two telephones that listen there; gives back Janus's ports. */
  async call(wav: string, ports: readonly [number, number]): Promise<[number, number]> {
    const room = ++this.#rooms;
    const [one, other] = [await this.#attach(), await this.#attach()];
    await this.#message(one, {
      request: 'create',
      room,
      sampling_rate: 8000,
      audiolevel_ext: false,
      allow_rtp_participants: true,
      record: true,
      record_file: wav,
    });
    return [await this.#join(one, room, ports[0]), await this.#join(other, room, ports[1])];
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const killer = setTimeout(() => this.#process.kill('SIGKILL'), 5000);
    await exit;
    clearTimeout(killer);
  }

  async #attach(): Promise<number> {
    const ask = { janus: 'attach', plugin: 'janus.plugin.audiobridge' };
    return (await this.#ask(this.#session, ask)).data!.id;
  }

  async #join(handle: number, room: number, port: number): Promise<number> {
    const rtp = { ip: '127.0.0.1', port, payload_type: 0 };
    await this.#message(handle, { request: 'join', room, codec: 'pcmu', rtp });
    for (;;) {
      const response = await fetch(`${this.#url}${this.#session}`);
      const event = (await response.json()) as Reply;
      const data = event.plugindata?.data;
      if (event.sender !== handle || event.janus !== 'event' || data === undefined) continue;
      if (data.rtp !== undefined) return data.rtp.port;
      throw new Error(`Janus: no RTP for a participant: ${JSON.stringify(data)}`);
    }
  }

  async #message(handle: number, body: object): Promise<void> {
    const said = await this.#ask(`${this.#session}/${handle}`, { janus: 'message', body });
    const problem = said.plugindata?.data.error;
    if (problem !== undefined) throw new Error(`Janus: ${JSON.stringify(problem)}`);
  }

  async #ask(path: string, ask: object): Promise<Reply> {
    const response = await fetch(`${this.#url}${path}`, {
      method: 'POST',
      body: JSON.stringify({ ...ask, transaction: 'bench' }),
    });
    const reply = (await response.json()) as Reply;
    if (reply.janus === 'error') throw new Error(`Janus: ${reply.error?.reason}`);
    return reply;
  }
}

function writeConfig(folder: string, port: number): string {
  mkdirSync(folder);
  const libraries = (kind: string, names: string[]): string =>
    names
      .map((name) => `libjanus_${name}.so`)
      .join(',')
      .replace(/^/, `${kind}: { disable = "`) + '" }';
  const files = {
    'janus.jcfg': [
      `general: { configs_folder = "${folder}"; debug_level = 2; session_timeout = 0 }`,
      libraries('plugins', [...OTHER_PLUGINS, ...MORE_PLUGINS]),
      libraries('transports', OTHER_TRANSPORTS),
    ].join('\n'),
    'janus.transport.http.jcfg': `general: { http = true; port = ${port}; ip = "127.0.0.1" }`,
    'janus.plugin.audiobridge.jcfg': 'general: { local_ip = "127.0.0.1" }',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `${text}\n`);
  return folder;
}
