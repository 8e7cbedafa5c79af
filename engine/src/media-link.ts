import type { Logger } from 'pino';
import type { CommandName, Commands, EventName, Events } from './media/protocol.ts';
import { startMedia, type Media } from './media/client.ts';

/** News about one leg or one recording, or that the media process with all of them is gone. */
export type LegNews = {
  [Name in EventName]: Events[Name] extends { leg: string }
    ? { event: Name; data: Events[Name] }
    : never;
}[EventName];

export interface MediaLinkOptions {
  udpPort: number;
  publicAddress: string | null;
  /** UDP ports of telephones' media, both ends included. Default: any that are free. */
  rtpPorts?: { from: number; to: number } | null | undefined;
  /** A telephone that sends nothing at all for so long is lost. Default: 30 s. */
  rtpTimeoutMs?: number | undefined;
  log: Logger;
}

const NEW_LEG: ReadonlySet<CommandName> = new Set<CommandName>([
  'leg.acceptOffer',
  'leg.makeOffer',
  'leg.demo',
  'leg.rtp',
]);

/** Pauses before the process is started again, longer with every failure. */
const RESTART_MS = [0, 200, 1_000, 3_000] as const;

/**
 * The one media process as the rest of control sees it. When it dies, everybody who has something
 * in it is told, and a new one is started.
 */
export class MediaLink {
  readonly #options: MediaLinkOptions;
  readonly #legs = new Map<string, Set<(news: LegNews) => void>>();
  readonly #recordings = new Map<string, (problem: Events['record.failed']['problem']) => void>();
  readonly #deaths = new Set<() => void>();
  #media: Media | null = null;
  #udpPort: number;
  #restarting: Promise<void> | null = null;
  #failures = 0;
  #closed = false;

  private constructor(options: MediaLinkOptions) {
    this.#options = options;
    this.#udpPort = options.udpPort;
  }

  /** Resolves when the media process takes commands. */
  static async open(options: MediaLinkOptions): Promise<MediaLink> {
    const link = new MediaLink(options);
    await link.#start();
    return link;
  }

  get up(): boolean {
    return this.#media !== null;
  }

  get udpPort(): number {
    return this.#udpPort;
  }

  ask<Name extends CommandName>(
    command: Name,
    ask: Commands[Name]['ask'],
  ): Promise<Commands[Name]['answer']> {
    if (this.#media !== null) return this.#media.ask(command, ask);
    const restart = this.#restarting;
    // A new leg waits for the process that is being started; the old ones are gone.
    if (restart !== null && NEW_LEG.has(command)) return restart.then(() => this.ask(command, ask));
    return Promise.reject(new Error('the media process is not running'));
  }

  /** For commands whose failure ends nothing by itself: it is logged. */
  tell<Name extends CommandName>(command: Name, ask: Commands[Name]['ask']): void {
    if (this.#media === null) return;
    this.ask(command, ask).catch((error: unknown) => {
      this.#options.log.warn({ err: error, command, ask }, 'a media command failed');
    });
  }

  /** Keys that the far end pressed and told by other means than its sound. */
  press(leg: string, keys: string): void {
    for (const digit of keys) {
      const news = { event: 'leg.digit', data: { leg, digit } } as const;
      for (const listener of [...(this.#legs.get(leg) ?? [])]) listener(news);
    }
  }

  /** `listener` gets the leg's news until the returned function is called. */
  onLeg(leg: string, listener: (news: LegNews) => void): () => void {
    const listeners = this.#legs.get(leg) ?? new Set();
    this.#legs.set(leg, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#legs.get(leg) === listeners) this.#legs.delete(leg);
    };
  }

  onRecordingFailed(
    recording: string,
    listener: (problem: Events['record.failed']['problem']) => void,
  ): () => void {
    this.#recordings.set(recording, listener);
    return () => this.#recordings.delete(recording);
  }

  /** The media process died: every leg, room and recorder in it is gone. */
  onDeath(listener: () => void): () => void {
    this.#deaths.add(listener);
    return () => this.#deaths.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const media = this.#media;
    this.#media = null;
    await media?.close();
  }

  async #start(): Promise<void> {
    const { publicAddress, rtpPorts, rtpTimeoutMs, log } = this.#options;
    const media = await startMedia({
      udpPort: this.#udpPort,
      publicAddress,
      rtpPorts: rtpPorts ?? null,
      ...(rtpTimeoutMs === undefined ? {} : { rtpTimeoutMs }),
      logLevel: log.level,
      onListenerError: (error, event) => log.error({ err: error, event }, 'a listener failed'),
    });
    if (this.#closed) return media.close();
    this.#media = media;
    // Browsers that come back look for the port they know.
    this.#udpPort = media.udpPort;
    this.#listen(media);
    void media.exited.then(() => this.#died(media));
  }

  #listen(media: Media): void {
    const names = [
      'leg.connected',
      'leg.heard',
      'leg.quiet',
      'leg.resumed',
      'leg.lost',
      'leg.digit',
      'play.ended',
      'demo.ended',
    ] as const satisfies readonly LegNews['event'][];
    for (const name of names) {
      media.on(name, (data) => {
        const news = { event: name, data } as LegNews;
        for (const listener of [...(this.#legs.get(data.leg) ?? [])]) listener(news);
      });
    }
    media.on('record.failed', (data) => this.#recordings.get(data.recording)?.(data.problem));
  }

  #died(media: Media): void {
    if (this.#media !== media) return;
    this.#media = null;
    this.#options.log.error('the media process died; its calls end');
    for (const listener of [...this.#deaths]) listener();
    this.#restarting = this.#restart().finally(() => {
      this.#restarting = null;
    });
  }

  async #restart(): Promise<void> {
    while (!this.#closed && this.#media === null) {
      const wait = RESTART_MS[Math.min(this.#failures, RESTART_MS.length - 1)] ?? 0;
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (this.#closed) return;
      try {
        await this.#start();
        this.#failures = 0;
      } catch (error) {
        this.#failures += 1;
        this.#options.log.error({ err: error }, 'the media process does not start');
      }
    }
  }
}
