import { setTimeout as wait } from 'node:timers/promises';
import { callFields } from '../leg/call-callbacks.ts';
import type { Announcer } from '../room/announcement.ts';
import { addressIn, attributes, method, whole } from './attributes.ts';
import type { AudioStore } from './audio-store.ts';
import type { TwimlFetcher } from './fetcher.ts';
import { TWIML, TwimlProblem } from './problem.ts';
import type { Speech } from './speech.ts';
import { speechOf } from './verbs/say.ts';

const MAX_DOCUMENTS = 20;

/** Announcements: TwiML of <Play>, <Say>, <Pause> and <Redirect>, once. */
export class TwimlAnnouncer implements Announcer {
  readonly #tools: { fetcher: TwimlFetcher; audio: AudioStore; speech: Speech };
  readonly #accountSid: string;

  constructor(
    tools: { fetcher: TwimlFetcher; audio: AudioStore; speech: Speech },
    accountSid: string,
  ) {
    this.#tools = tools;
    this.#accountSid = accountSid;
  }

  async read(
    from: Parameters<Announcer['read']>[0],
    about: Parameters<Announcer['read']>[1],
    play: (path: string) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { call } = about;
    const known =
      call === null ? { AccountSid: this.#accountSid } : callFields(call.record, this.#accountSid);
    const fields = { ...known, ...about.fields };
    let next: typeof from | null = from;
    for (let count = 0; next !== null; count += 1) {
      if (count >= MAX_DOCUMENTS) throw new TwimlProblem(TWIML.schema, 'The TwiML goes in circles');
      const source: { kind: 'url' } & typeof from = { kind: 'url', ...next };
      const { verbs, base } = await this.#tools.fetcher.fetch(signal, source, fields, signal);
      next = null;
      for (const element of verbs) {
        if (signal.aborted) return;
        if (element.name === 'Redirect') {
          const read = attributes(element, { method: method.default('POST') });
          next = { url: addressIn(element, element.text, base), method: read.method };
          break;
        }
        if (element.name === 'Pause') {
          const { length } = attributes(element, { length: whole(1, 3600).default(1) });
          await wait(length * 1000, undefined, { signal });
        } else if (element.name === 'Play') {
          const { loop } = attributes(element, { loop: whole(1, 1000).default(1) });
          const url = addressIn(element, element.text, base);
          const path = await this.#tools.audio.get(url, signal);
          for (let n = 0; n < loop && !signal.aborted; n += 1) await play(path);
        } else if (element.name === 'Say') {
          const said = speechOf(element);
          if (said === null) continue;
          const path = await this.#tools.speech.say(said.ssml, said.voice);
          for (let n = 0; n < Math.max(1, said.loop) && !signal.aborted; n += 1) await play(path);
        } else {
          throw new TwimlProblem(TWIML.conferenceVerb, `<${element.name}> cannot be announced`);
        }
      }
    }
  }
}
