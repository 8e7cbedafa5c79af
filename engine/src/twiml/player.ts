import { randomUUID } from 'node:crypto';
import type { Call } from '../leg/call.ts';
import type { MediaLink } from '../media-link.ts';
import { TWIML, TwimlProblem } from './problem.ts';

/** Plays files to a call. */
export class Player {
  readonly #media: MediaLink;

  constructor(media: MediaLink) {
    this.#media = media;
  }

  /**
   * Resolves when the sound is over, was replaced by another, or `signal` stopped it. `loop` 0
   * means for ever. @throws TwimlProblem when it cannot be played.
   */
  async play(call: Call, path: string, loop: number, signal: AbortSignal): Promise<void> {
    const leg = call.line.mediaLeg;
    if (leg === null || signal.aborted) return;
    const play = randomUUID();
    let settle!: (why: string) => void;
    const over = new Promise<string>((resolve) => {
      settle = resolve;
    });
    const deaf = this.#media.onLeg(leg, (news) => {
      if (news.event === 'play.ended' && news.data.play === play) settle(news.data.why);
    });
    const stop = () => {
      if (!call.over) this.#media.tell('leg.stopPlay', { leg });
      settle('stopped');
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      const sound = { kind: 'file', path, loop } as const;
      await this.#media.ask('leg.play', { leg, play, sound });
      if ((await over) === 'failed')
        throw new TwimlProblem(TWIML.playFile, `${path} does not play`);
    } finally {
      deaf();
      signal.removeEventListener('abort', stop);
    }
  }
}
