import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type {
  CommandName,
  Commands,
  EventName,
  Events,
  MediaErrorCode,
  MediaMessage,
} from './protocol.ts';
import type { MediaSettings } from './settings.ts';
import { tsxArguments } from './tsx.ts';

/** The media process as control knows it. */
export interface Media {
  /** The one UDP port of all browser media. */
  readonly udpPort: number;
  readonly pid: number;
  /**
   * Settles when the process is gone, for whatever reason; never rejects. `expected` is true after
   * `close`. All its legs, rooms and recordings are gone with it; what recorders had written is on
   * the disk.
   */
  readonly exited: Promise<MediaExit>;
  /** @throws MediaError, also when the process dies before it answers (code "process_died"). */
  ask<Name extends CommandName>(
    command: Name,
    ask: Commands[Name]['ask'],
  ): Promise<Commands[Name]['answer']>;
  /** Calls `listener` for every such event until the returned function is called. */
  on<Name extends EventName>(event: Name, listener: (data: Events[Name]) => void): () => void;
  /** Stops the process and waits until it is gone. Harmless twice. */
  close(): Promise<void>;
}

export interface MediaExit {
  expected: boolean;
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface MediaOptions {
  /** 0: any free port. */
  udpPort: number;
  publicAddress?: string | null;
  /** Default: all addresses of the machine. */
  bindAddress?: string | null;
  /** UDP ports of telephones' media, both ends included. Default: any that are free. */
  rtpPorts?: { from: number; to: number } | null;
  /** A telephone that sends nothing at all for so long is lost. Default: 30 s. */
  rtpTimeoutMs?: number;
  logLevel?: string;
  /** Told when a listener throws; the others are still called. */
  onListenerError?: (error: unknown, event: EventName) => void;
}

export class MediaError extends Error {
  override name = 'MediaError';
  readonly code: MediaErrorCode | 'process_died';

  constructor(code: MediaErrorCode | 'process_died', message: string) {
    super(message);
    this.code = code;
  }
}

const RTP_TIMEOUT_MS = 30_000;

/** A process that does not stop when asked is killed after this long. */
const STOP_WITHIN_MS = 3000;

/**
 * Forks the media process and waits until it takes commands. It writes its log, JSON lines, to
 * our standard error, and ends by itself when we do.
 * @throws MediaError process_died when it does not start, such as when the port is taken.
 */
export async function startMedia(options: MediaOptions): Promise<Media> {
  const settings: MediaSettings = {
    udpPort: options.udpPort,
    publicAddress: options.publicAddress ?? null,
    bindAddress: options.bindAddress ?? null,
    rtpPorts: options.rtpPorts ?? null,
    rtpTimeoutMs: options.rtpTimeoutMs ?? RTP_TIMEOUT_MS,
    logLevel: options.logLevel ?? 'info',
  };
  const child = fork(
    fileURLToPath(new URL('./main.ts', import.meta.url)),
    [JSON.stringify(settings)],
    { serialization: 'advanced', execArgv: tsxArguments(), stdio: ['ignore', 2, 2, 'ipc'] },
  );
  const media = new ForkedMedia(child, options.onListenerError ?? rethrowLater);
  await media.ready;
  return media;
}

class ForkedMedia implements Media {
  readonly pid: number;
  readonly exited: Promise<MediaExit>;
  readonly ready: Promise<void>;
  udpPort = 0;
  readonly #child: ChildProcess;
  readonly #onListenerError: (error: unknown, event: EventName) => void;
  readonly #pending = new Map<
    number,
    { resolve: (answer: never) => void; reject: (error: MediaError) => void }
  >();
  readonly #listeners = new Map<EventName, Set<(data: never) => void>>();
  #lastId = 0;
  #gone = false;
  #closing = false;

  constructor(child: ChildProcess, onListenerError: (error: unknown, event: EventName) => void) {
    this.#child = child;
    this.#onListenerError = onListenerError;
    this.pid = child.pid ?? 0;
    child.on('message', (message) => this.#receive(message as MediaMessage));
    this.exited = new Promise((resolve) => {
      const gone = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.#died();
        resolve({ expected: this.#closing, code, signal });
      };
      child.once('exit', gone);
      child.once('error', () => {
        if (child.pid === undefined) gone(null, null);
      });
    });
    this.ready = new Promise((resolve, reject) => {
      const off = this.on('ready', ({ udpPort }) => {
        this.udpPort = udpPort;
        off();
        resolve();
      });
      void this.exited.then(() => reject(died('it did not start')));
    });
  }

  ask<Name extends CommandName>(
    command: Name,
    ask: Commands[Name]['ask'],
  ): Promise<Commands[Name]['answer']> {
    return new Promise((resolve, reject) => {
      if (this.#gone || !this.#child.connected) {
        reject(died(command));
        return;
      }
      const id = ++this.#lastId;
      this.#pending.set(id, { resolve, reject });
      this.#child.send({ id, command, ask }, (error) => {
        if (error !== null && this.#pending.delete(id)) reject(died(command));
      });
    });
  }

  on<Name extends EventName>(event: Name, listener: (data: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (!this.#closing && !this.#gone) {
      this.#closing = true;
      const killer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN_MS);
      // It may be gone before its answer is: then it has stopped all the same.
      await this.ask('stop', {}).catch(() => undefined);
      await this.exited;
      clearTimeout(killer);
    }
    await this.exited;
  }

  #receive(message: MediaMessage): void {
    if ('event' in message) {
      for (const listener of this.#listeners.get(message.event) ?? []) {
        try {
          listener(message.data as never);
        } catch (error) {
          this.#onListenerError(error, message.event);
        }
      }
      return;
    }
    const waiting = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.ok) waiting?.resolve(message.answer as never);
    else waiting?.reject(new MediaError(message.code, message.message));
  }

  #died(): void {
    this.#gone = true;
    for (const { reject } of this.#pending.values()) reject(died('it died'));
    this.#pending.clear();
  }
}

function died(what: string): MediaError {
  return new MediaError('process_died', `the media process is gone: ${what}`);
}

/** As an uncaught error it reaches the owner of the process, after the other listeners. */
function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
