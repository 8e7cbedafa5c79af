import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../test/support/free-port.ts';

export interface SippOptions {
  /** A scenario of engine/test/sipp, without `.xml`. */
  scenario: string;
  /** Whom to call, for a scenario that calls: address and port. */
  remote?: { address: string; port: number };
  /** So many calls, and it ends. 1 */
  calls?: number;
  /** Calls a second, for a scenario that calls. */
  rate?: number;
  transport?: 'udp' | 'tcp';
  /** The scenario's own words: `{ status: '404 Not Found' }` is put wherever it says [status]. */
  keys?: Record<string, string>;
  /** Answers OPTIONS too, as a trunk does; each of them counts as a call. */
  trunk?: boolean;
  /** What [service] is: the number that is called. */
  service?: string;
  /** Where its description says that it takes sound, and `-rtp_echo` sends it back. Any free one */
  mediaPort?: number;
  /** Anything else that sipp can be told: `-rtp_echo`, `-d 2000` … */
  args?: readonly string[];
  /** After so many seconds it gives up, and so the test fails with its log. 30 */
  seconds?: number;
}

export interface SippResult {
  /** 0: every call went as the scenario says. */
  code: number | null;
  /** What was not as the scenario says; empty when all was well. */
  errors: string;
  /** The messages that went over the wire, both ways. */
  messages: string;
}

export interface Sipp {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  readonly mediaPort: number;
  readonly done: Promise<SippResult>;
  /** Ends it, whatever it is at. Harmless twice. */
  stop(): Promise<SippResult>;
}

const FOLDER = fileURLToPath(new URL('../sipp', import.meta.url));

/** How often it is started, each time with other ports: what was free may be taken by then. */
const TRIES = 5;

/**
 * Starts Debian's sipp with a scenario of ours; resolves when it listens. Rejects when it does not
 * come to that.
 */
export async function startSipp(options: SippOptions): Promise<Sipp> {
  for (let left = TRIES - 1; ; left -= 1) {
    const { sipp, stands } = await launch(options);
    if (stands) return sipp;
    const { code, errors } = await sipp.done;
    const taken = errors.includes('Unable to bind');
    // Whoever calls may be through with it before anybody looks.
    if (!taken && options.remote !== undefined) return sipp;
    if (!taken || left === 0) throw new Error(`sipp ended (${code}) before it stood: ${errors}`);
  }
}

/** `stands` false: it is over already. */
async function launch(options: SippOptions): Promise<{ sipp: Sipp; stands: boolean }> {
  const folder = await mkdtemp(join(tmpdir(), 'offhook-sipp-'));
  const port = await freePort();
  const mediaPort = options.mediaPort ?? (await freePort());
  await writeScenario(options, folder);
  const child = spawn('sipp', argumentsFor(options, port, mediaPort, folder), {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, TERM: 'dumb' },
  });
  let over = false;
  const done = new Promise<SippResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      over = true;
      collect(folder, code).then(resolve, reject);
    });
  });
  const stop = (): Promise<SippResult> => {
    if (!over) child.kill('SIGKILL');
    return done;
  };
  // sipp says nothing when it is ready: the system knows. It binds its port, then that of sound and
  // that of video, and ends if one of them is taken.
  const stands = async () =>
    (await holds(child.pid, port, options.transport ?? 'udp')) &&
    (await holds(child.pid, mediaPort + VIDEO, 'udp'));
  while (!over && !(await stands())) await pause(10);
  return { sipp: { port, mediaPort, done, stop }, stands: !over };
}

/** So much above the port of sound is sipp's port of video. */
const VIDEO = 2;

/** sipp's own -key cannot say what is to be received: the words are put in here. */
async function writeScenario(options: SippOptions, folder: string): Promise<void> {
  const { scenario, keys = {}, trunk = false } = options;
  let text = await readFile(join(FOLDER, `${scenario}.xml`), 'utf8');
  if (trunk) text = withOptions(text);
  for (const [key, value] of Object.entries(keys)) text = text.replaceAll(`[${key}]`, value);
  await writeFile(join(folder, 'scenario.xml'), text);
}

/** Puts OPTIONS beside the first INVITE, and its answer at the end. */
function withOptions(scenario: string): string {
  return scenario
    .replace(
      /(?=<recv request="INVITE")/,
      '<recv request="OPTIONS" optional="true" next="ping" />\n',
    )
    .replace(
      '</scenario>',
      `<nop hide="true" next="over" />
      <label id="ping" />
      <send>
        <![CDATA[

          SIP/2.0 200 OK
          [last_Via:]
          [last_From:]
          [last_To:];tag=[pid]SIPpTag02[call_number]
          [last_Call-ID:]
          [last_CSeq:]
          Content-Length: 0

        ]]>
      </send>
      <label id="over" />
      </scenario>`,
    );
}

function argumentsFor(
  options: SippOptions,
  port: number,
  mediaPort: number,
  folder: string,
): string[] {
  const { remote, calls = 1, rate = 10, transport = 'udp', seconds = 30 } = options;
  return [
    ...(remote === undefined ? [] : [`${remote.address}:${remote.port}`]),
    ...['-sf', join(folder, 'scenario.xml'), '-i', '127.0.0.1', '-p', String(port)],
    ...['-t', transport === 'tcp' ? 't1' : 'u1', '-m', String(calls), '-r', String(rate)],
    ...['-mi', '127.0.0.1', '-mp', String(mediaPort)],
    ...['-s', options.service ?? '+442071838750', '-key', 'caller', '+442071838751'],
    ...['-timeout', String(seconds), '-timeout_error', '-nostdin', '-skip_rlimit'],
    ...['-trace_err', '-error_file', join(folder, 'errors.log')],
    ...['-trace_msg', '-message_file', join(folder, 'messages.log')],
    ...(options.args ?? []),
  ];
}

/** On a busy machine sipp says that it is late; that is nothing that the far end did. */
function withoutExcuses(errors: string): string {
  const lines = errors.split('\n').filter((line) => !line.includes('Overload warning'));
  const said = lines.some((line) => line !== '' && line !== 'The following events occurred:');
  return said ? lines.join('\n') : '';
}

async function collect(folder: string, code: number | null): Promise<SippResult> {
  const read = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '');
  const [errors, messages] = await Promise.all([read('errors.log'), read('messages.log')]);
  await rm(folder, { recursive: true, force: true });
  return { code, errors: withoutExcuses(errors), messages };
}

/** TCP_LISTEN, and what the table says of a UDP socket that is bound. */
const READY = { udp: '07', tcp: '0A' };

/**
 * Whether the process holds the port, and nobody else. Linux's table of sockets:
 * `sl local_address rem_address st … inode`, numbers in hexadecimal.
 */
async function holds(
  pid: number | undefined,
  port: number,
  transport: 'udp' | 'tcp',
): Promise<boolean> {
  const table = await readFile(`/proc/net/${transport}`, 'utf8');
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inodes = table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(ending) && state === READY[transport])
    .map((columns) => `socket:[${columns[9]}]`);
  if (inodes.length === 0) return false;
  // Gone, it holds nothing.
  const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const open = files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => ''));
  return (await Promise.all(open)).some((file) => inodes.includes(file));
}
