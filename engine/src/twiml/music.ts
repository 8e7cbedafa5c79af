import type { Logger } from 'pino';
import type { Call } from '../leg/call.ts';
import type { Music, MusicPlayer } from '../room/music.ts';
import type { Player } from './player.ts';
import type { Scripts } from './verb.ts';

/** Wait and hold music: our own, or TwiML of <Play>, <Say>, <Pause> and <Redirect>, again and again. */
export class TwimlMusic implements MusicPlayer {
  readonly #player: Player;
  /** Path of the music for whoever names none. */
  readonly #own: string;
  readonly #log: Logger;
  readonly #scripts: () => Scripts;

  /** `scripts` come later than we do: they need rooms, which need music. */
  constructor(player: Player, own: string, scripts: () => Scripts, log: Logger) {
    this.#player = player;
    this.#own = own;
    this.#scripts = scripts;
    this.#log = log;
  }

  play(call: Call, music: Music, fields: Record<string, string>): { stop(): void } {
    const abort = new AbortController();
    this.#run(call, music, fields, abort.signal).catch((error: unknown) => {
      if (abort.signal.aborted || call.over) return;
      this.#log.warn({ err: error, call: call.sid, music }, 'music does not play');
    });
    return { stop: () => abort.abort() };
  }

  async #run(
    call: Call,
    music: Music,
    fields: Record<string, string>,
    signal: AbortSignal,
  ): Promise<void> {
    if (music.kind === 'silence') return;
    if (music.kind === 'url') {
      try {
        return await this.#script(call, music, fields, signal);
      } catch (error) {
        if (signal.aborted || call.over) return;
        // Nobody waits in silence because an application has a bad moment.
        this.#log.warn({ err: error, call: call.sid, music }, 'music does not play; ours does');
      }
    }
    await this.#player.play(call, this.#own, 0, signal);
  }

  async #script(
    call: Call,
    music: { url: string; method: 'GET' | 'POST' },
    fields: Record<string, string>,
    signal: AbortSignal,
  ): Promise<void> {
    const source = { kind: 'url', url: music.url, method: music.method } as const;
    while (!signal.aborted && !call.over) {
      const script = { call, kind: 'music', source, fields: () => fields, signal } as const;
      const end = await this.#scripts().run(script);
      // A document without anything to hear is silence; asking for it again would be a storm.
      if (end.how !== 'through' || end.verbs === 0) return;
    }
  }
}
