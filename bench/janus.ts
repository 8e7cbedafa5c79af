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
  jsep?: { type: string; sdp: string };
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

  /** `folder`: for its configuration; made here. */
  static async start(folder: string): Promise<Janus> {
    const port = await freePort();
    const config = writeConfig(folder, port);
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

  /** A room of G.711, recorded to `wav`. */
  async room(wav: string): Promise<number> {
    const room = ++this.#rooms;
    await this.#message(await this.#attach(), {
      request: 'create',
      room,
      sampling_rate: 8000,
      audiolevel_ext: false,
      allow_rtp_participants: true,
      record: true,
      record_file: wav,
    });
    return room;
  }

  /** A telephone that listens at this port; gives back where Janus does. */
  async telephone(room: number, port: number): Promise<number> {
    const handle = await this.#attach();
    const rtp = { ip: '127.0.0.1', port, payload_type: 0 };
    await this.#message(handle, { request: 'join', room, codec: 'pcmu', rtp });
    const joined = (await this.#event(handle)).plugindata?.data.rtp;
    if (joined === undefined) throw new Error('Janus: no RTP for a telephone');
    return joined.port;
  }

  /** A browser with this offer; gives back Janus's answer. */
  async browser(room: number, offer: string): Promise<string> {
    const handle = await this.#attach();
    await this.#message(handle, { request: 'join', room, codec: 'pcmu' });
    await this.#event(handle);
    await this.#message(handle, { request: 'configure' }, { type: 'offer', sdp: offer });
    const { jsep } = await this.#event(handle);
    if (jsep === undefined) throw new Error('Janus: no answer for a browser');
    return jsep.sdp;
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

  /** The next event that answers this handle; other news is passed over. */
  async #event(handle: number): Promise<Reply> {
    for (;;) {
      const response = await fetch(`${this.#url}${this.#session}`);
      const event = (await response.json()) as Reply & { transaction?: string };
      if (event.sender !== handle || event.transaction === undefined) continue;
      const problem = event.plugindata?.data.error;
      if (problem !== undefined) throw new Error(`Janus: ${JSON.stringify(problem)}`);
      if (event.janus === 'event') return event;
    }
  }

  async #message(handle: number, body: object, jsep?: object): Promise<void> {
    const said = await this.#ask(`${this.#session}/${handle}`, { janus: 'message', body, jsep });
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
