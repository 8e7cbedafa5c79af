import type { Logger } from 'pino';
import type { Call } from '../leg/call.ts';
import { callFields } from '../leg/call-callbacks.ts';
import type { Switchboard } from '../leg/switchboard.ts';
import type { TwimlFetcher, TwimlSource } from './fetcher.ts';
import { TWIML, TwimlProblem } from './problem.ts';
import type { Verb, VerbOutcome, VerbTools } from './verb.ts';
import { dial } from './verbs/dial.ts';
import { echo } from './verbs/echo.ts';
import { pause } from './verbs/pause.ts';
import { play } from './verbs/play.ts';
import { hangup, redirect, reject, say } from './verbs/simple.ts';

const VERBS: Readonly<Record<string, Verb>> = {
  Dial: dial,
  Echo: echo,
  Play: play,
  Pause: pause,
  Hangup: hangup,
  Redirect: redirect,
  Reject: reject,
  Say: say,
};

/** A document may send a call to the next this often without answering it or letting time pass. */
const MAX_DOCUMENTS = 100;

/** Carries out TwiML: one script per call at a time. */
export class TwimlRunner {
  readonly #fetcher: TwimlFetcher;
  readonly #tools: VerbTools;
  readonly #accountSid: string;
  readonly #log: Logger;
  readonly #running = new Map<Call, AbortController>();

  constructor(
    fetcher: TwimlFetcher,
    tools: VerbTools,
    accountSid: string,
    switchboard: Switchboard,
    log: Logger,
  ) {
    this.#fetcher = fetcher;
    this.#tools = tools;
    this.#accountSid = accountSid;
    this.#log = log;
    switchboard.onEnded.listen(({ call }) => {
      this.#running.get(call)?.abort();
      this.#running.delete(call);
    });
  }

  /** Runs the script on the call, in place of the one that runs. */
  run(call: Call, source: TwimlSource, fields: Record<string, string> = {}): void {
    const abort = new AbortController();
    const before = this.#running.get(call);
    this.#running.set(call, abort);
    before?.abort();
    this.#carryOut(call, source, fields, abort.signal).catch((error: unknown) => {
      if (abort.signal.aborted) return;
      if (!(error instanceof TwimlProblem)) {
        this.#log.error({ err: error, call: call.sid }, 'a script broke');
        call.fail({ code: 31_000, message: 'The engine failed' });
        return;
      }
      this.#log.warn({ call: call.sid, code: error.code }, error.message);
      call.fail({ code: error.code, message: error.message });
    });
  }

  async #carryOut(
    call: Call,
    source: TwimlSource,
    fields: Record<string, string>,
    signal: AbortSignal,
  ): Promise<void> {
    let next: { source: TwimlSource; fields: Record<string, string> } | null = { source, fields };
    for (let count = 0; next !== null; count += 1) {
      if (count >= MAX_DOCUMENTS) throw new TwimlProblem(TWIML.schema, 'The TwiML goes in circles');
      const { verbs, base } = await this.#fetcher.fetch(
        next.source,
        { ...call.parameters, ...callFields(call.record, this.#accountSid), ...next.fields },
        signal,
      );
      next = null;
      for (const element of verbs) {
        if (signal.aborted) return;
        const verb = VERBS[element.name];
        if (!verb) throw new TwimlProblem(TWIML.schema, `<${element.name}> is not supported`);
        const outcome: VerbOutcome = await verb({ call, element, base, signal }, this.#tools);
        if (signal.aborted) return;
        if (outcome.next === 'verb') continue;
        if (outcome.next === 'document') {
          const { url, method, fields } = outcome;
          next = { source: { kind: 'url', url, method }, fields };
          break;
        }
        if (outcome.next === 'hang-up') return call.hangUp();
        return rejectCall(call, outcome.reason);
      }
    }
    // The script is through: so is the call.
    if (!signal.aborted) call.hangUp();
  }
}

function rejectCall(call: Call, reason: 'rejected' | 'busy'): void {
  if (reason === 'busy') call.finish('busy', 'here', 486, { code: 31_486, message: 'Busy' });
  else call.finish('no-answer', 'here', 603, { code: 31_603, message: 'Decline' });
}
