import { randomUUID } from 'node:crypto';
import type { HttpMethod } from '../callback/request.ts';
import type { Call } from '../leg/call.ts';
import type { MediaLink } from '../media-link.ts';
import type { ConferenceCallbacks } from './conference-callbacks.ts';
import type { ConferenceRecord } from './conference-record.ts';

/** Reads an application's TwiML of things to hear, and hands out one file after the other. */
export interface Announcer {
  /** `play` resolves when the file has been heard. @throws when the TwiML cannot be carried out. */
  read(
    from: { url: string; method: HttpMethod },
    about: { call: Call | null; fields: Record<string, string> },
    play: (path: string) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
}

/** TwiML that is being played into a room, to everybody or to one call. */
export class Announcement {
  readonly over: Promise<void>;
  readonly #abort = new AbortController();
  readonly #play = randomUUID();
  readonly #room: ConferenceRecord;
  readonly #media: MediaLink;

  constructor(
    ask: { room: ConferenceRecord; url: string; method: HttpMethod; to: Call | null },
    parts: { media: MediaLink; callbacks: ConferenceCallbacks; announcer: Announcer },
  ) {
    const { room, url, method, to } = ask;
    this.#room = room;
    this.#media = parts.media;
    const about = {
      call: to,
      fields: { ConferenceSid: room.sid, FriendlyName: room.friendlyName },
    };
    const callSid = to?.sid ?? null;
    this.over = parts.announcer
      .read({ url, method }, about, (path) => this.#hear(path, to), this.#abort.signal)
      .then(
        () => parts.callbacks.tell(room, { event: 'announcement-end', url, callSid }),
        (error: unknown) => {
          if (this.#abort.signal.aborted) return;
          const why = error instanceof Error ? error.message : String(error);
          parts.callbacks.tell(room, { event: 'announcement-fail', url, callSid, why });
        },
      );
  }

  stop(): void {
    this.#abort.abort();
    this.#media.tell('room.stopPlay', { room: this.#room.sid, play: this.#play });
  }

  async #hear(path: string, to: Call | null): Promise<void> {
    const only = to?.line.mediaLeg ?? null;
    if (to !== null && only === null) throw new Error('the participant is gone');
    const ask = { room: this.#room.sid, play: this.#play, path, only };
    const { why } = await this.#media.ask('room.play', ask);
    if (why === 'stopped') throw new Error('the participant or the conference is gone');
  }
}
