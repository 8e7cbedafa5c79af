import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { tsxArguments } from '../tsx.ts';
import type { EncodeJob, Encoded } from './encode.ts';
import type { RestoreJob } from './restore.ts';

export { spoolToWav } from './wav-file.ts';
export type { Encoded } from './encode.ts';

export type Job = ({ kind: 'encode' } & EncodeJob) | ({ kind: 'restore' } & RestoreJob);

export type EncodeReply =
  { ok: true; encoded: Encoded | null } | { ok: false; message: string; code: string | undefined };

export interface AudioOptions {
  /** 2: as spooled, left and right. 1: both summed. */
  channels?: 1 | 2;
}

/** With nothing to do, the encoder's process ends after this long. */
const IDLE_MS = 30_000;

/**
 * Makes MP3s of spools in a process of its own, one after the other, at low priority. The process
 * starts with the first job.
 */
export class Mp3Encoder {
  #child: ChildProcess | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #idle: NodeJS.Timeout | null = null;
  #closed = false;

  /** The process that encodes, while there is one. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /**
   * 48 kbit/s (32 with one channel), about 150 times faster than it was spoken. The encoder's
   * delay and padding are in the file's info tag: a player that reads it plays exactly the spool's
   * samples.
   * @throws what reading or writing threw, with its code ("ENOSPC"); no file is left then.
   */
  async encode(spool: string, mp3: string, { channels = 2 }: AudioOptions = {}): Promise<Encoded> {
    const encoded = await this.#queue({ kind: 'encode', spool, mp3, channels });
    if (encoded === null) throw new Error('the encoder gave no figures');
    return encoded;
  }

  /** Makes a spool of a two-channel MP3 of ours: as long as it was, and sounding like the MP3. */
  async restore(mp3: string, spool: string): Promise<void> {
    await this.#queue({ kind: 'restore', mp3, spool });
  }

  #queue(job: Job): Promise<Encoded | null> {
    this.#waiting++;
    if (this.#idle !== null) clearTimeout(this.#idle);
    const done = this.#last.then(() => this.#run(job));
    this.#last = done
      .catch(() => undefined) // the asker has it
      .then(() => {
        if (--this.#waiting === 0) this.#idle = setTimeout(() => this.#end(), IDLE_MS).unref();
      });
    return done;
  }

  /** Ends the process; a job that runs fails. Harmless twice. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#end();
    await this.#last;
    if (this.#idle !== null) clearTimeout(this.#idle);
  }

  #run(job: Job): Promise<Encoded | null> {
    if (this.#closed) return Promise.reject(new Error('the encoder is closed'));
    const child = this.#child ?? this.#start();
    return new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error('the encoder died'));
      child.once('exit', gone);
      child.once('error', gone);
      child.once('message', (message) => {
        child.off('exit', gone);
        child.off('error', gone);
        const reply = message as EncodeReply;
        if (reply.ok) resolve(reply.encoded);
        else reject(Object.assign(new Error(reply.message), { code: reply.code }));
      });
      child.send(job);
    });
  }

  #start(): ChildProcess {
    const child = fork(fileURLToPath(new URL('./encode-main.ts', import.meta.url)), [], {
      execArgv: tsxArguments(),
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    this.#child = child;
    child.once('exit', () => {
      if (this.#child === child) this.#child = null;
    });
    return child;
  }

  #end(): void {
    this.#child?.kill();
    this.#child = null;
  }
}
