import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Call } from '../leg/call.ts';
import { callFields } from '../leg/call-callbacks.ts';
import type { Music, MusicPlayer } from '../room/music.ts';
import { addressIn, attributes, whole } from './attributes.ts';
import type { AudioStore } from './audio-store.ts';
import type { TwimlFetcher } from './fetcher.ts';
import type { Element } from './parse.ts';
import type { Player } from './player.ts';
import { TWIML, TwimlProblem } from './problem.ts';

/** Wait and hold music: our own, or TwiML of <Play>, <Pause> and <Redirect>, again and again. */
export class TwimlMusic implements MusicPlayer {
  readonly #tools: { fetcher: TwimlFetcher; audio: AudioStore; player: Player };
  readonly #accountSid: string;
  /** Path of the music for whoever names none. */
  readonly #own: string;
  readonly #log: Logger;

  constructor(
    tools: { fetcher: TwimlFetcher; audio: AudioStore; player: Player },
    accountSid: string,
    own: string,
    log: Logger,
  ) {
    this.#tools = tools;
    this.#accountSid = accountSid;
    this.#own = own;
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
    await this.#tools.player.play(call, this.#own, 0, signal);
  }

  async #script(
    call: Call,
    music: { url: string; method: 'GET' | 'POST' },
    fields: Record<string, string>,
    signal: AbortSignal,
  ): Promise<void> {
    const asked = { ...callFields(call.record, this.#accountSid), ...fields };
    let from = music;
    while (!signal.aborted && !call.over) {
      const { url, method } = from;
      const script = await this.#tools.fetcher.fetch({ kind: 'url', url, method }, asked, signal);
      let played = 0;
      for (const element of script.verbs) {
        if (signal.aborted) return;
        if (element.name === 'Redirect') {
          from = { url: addressIn(element, element.text, script.base), method: 'POST' };
          break;
        }
        await this.#verb(call, element, script.base, signal);
        played += 1;
      }
      // A document without anything to hear is silence; asking for it again would be a storm.
      if (played === 0) return;
    }
  }

  async #verb(call: Call, element: Element, base: string, signal: AbortSignal): Promise<void> {
    if (element.name === 'Pause') {
      const { length } = attributes(element, { length: whole(1, 3600).default(1) });
      await wait(length * 1000, undefined, { signal });
    } else if (element.name === 'Play') {
      const { loop } = attributes(element, { loop: whole(0, 1000).default(1) });
      const url = addressIn(element, element.text, base);
      const path = await this.#tools.audio.get(url, signal);
      await this.#tools.player.play(call, path, loop, signal);
    } else {
      throw new TwimlProblem(TWIML.schema, `<${element.name}> cannot be music`);
    }
  }
}
