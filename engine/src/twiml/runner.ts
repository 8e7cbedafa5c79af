import type { Logger } from 'pino';
import type { Notices } from '../notice/notices.ts';
import type { Call } from '../leg/call.ts';
import type { TwimlSource } from './fetcher.ts';
import type { Player } from './player.ts';
import { TwimlProblem } from './problem.ts';
import type { Speech } from './speech.ts';
import type { Scripts } from './verb.ts';
import { voiceFor } from './voices.ts';

/** What Twilio says before it ends a call whose application fails. */
const SORRY = '<speak>We are sorry. An application error has occurred. Goodbye.</speak>';

export interface RunnerParts {
  scripts: Scripts;
  notices: Notices;
  speech: Speech;
  player: Player;
  log: Logger;
}

/** Gives calls their scripts: one per call at a time. */
export class TwimlRunner {
  readonly #parts: RunnerParts;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** Runs the script on the call, in place of whatever is done with it now. */
  run(call: Call, source: TwimlSource, fields: Record<string, string> = {}): void {
    const signal = call.claim();
    this.#carryOut(call, source, fields, signal).catch((error: unknown) => {
      if (signal.aborted) return;
      this.#parts.log.error({ err: error, call: call.sid }, 'a script broke');
      call.fail({ code: 31_000, message: 'The engine failed' });
    });
  }

  async #carryOut(
    call: Call,
    source: TwimlSource,
    fields: Record<string, string>,
    signal: AbortSignal,
  ): Promise<void> {
    const { scripts } = this.#parts;
    try {
      const end = await scripts.run({ call, kind: 'call', source, fields: () => fields, signal });
      if (end.how === 'reject') rejectCall(call, end.reason);
      // The script is through: so is the call.
      else if (end.how !== 'aborted') call.hangUp();
    } catch (error) {
      if (signal.aborted || !(error instanceof TwimlProblem)) throw error;
      await this.#fail(call, error, signal);
    }
  }

  /** Who is on the line already is told; who is not yet answered gets the code at once. */
  async #fail(call: Call, problem: TwimlProblem, signal: AbortSignal): Promise<void> {
    const { notices, speech, player, log } = this.#parts;
    notices.add(call.sid, problem);
    if (call.inProgress) {
      try {
        const path = await speech.say(SORRY, voiceFor(undefined, undefined));
        await player.play(call, path, 1, signal);
      } catch (error) {
        log.warn({ err: error, call: call.sid }, 'the caller was not told what went wrong');
      }
    }
    if (!signal.aborted) call.fail({ code: problem.code, message: problem.message });
  }
}

function rejectCall(call: Call, reason: 'rejected' | 'busy'): void {
  if (reason === 'busy') call.finish('busy', 'here', 486, { code: 31_486, message: 'Busy' });
  else call.finish('no-answer', 'here', 603, { code: 31_603, message: 'Decline' });
}
