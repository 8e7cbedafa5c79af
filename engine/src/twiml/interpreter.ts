import type { HttpMethod } from '../callback/request.ts';
import type { Call } from '../leg/call.ts';
import { callFields } from '../leg/call-callbacks.ts';
import type { TwimlDocument, TwimlFetcher, TwimlSource } from './fetcher.ts';
import { TWIML, TwimlProblem } from './problem.ts';
import type {
  Script,
  ScriptEnd,
  ScriptKind,
  Scripts,
  Verb,
  VerbOutcome,
  VerbTools,
} from './verb.ts';
import { dial } from './verbs/dial.ts';
import { echo } from './verbs/echo.ts';
import { enqueue } from './verbs/enqueue.ts';
import { gather } from './verbs/gather.ts';
import { pause } from './verbs/pause.ts';
import { play } from './verbs/play.ts';
import { record } from './verbs/record.ts';
import { say } from './verbs/say.ts';
import { hangup, leave, redirect, reject } from './verbs/simple.ts';

const MUSIC = { Play: play, Say: say, Pause: pause, Redirect: redirect };
const WHISPER = { ...MUSIC, Gather: gather, Hangup: hangup };
const VERBS: Readonly<Record<ScriptKind, Readonly<Record<string, Verb>>>> = {
  music: MUSIC,
  whisper: WHISPER,
  wait: { ...WHISPER, Leave: leave },
  call: {
    ...WHISPER,
    Dial: dial,
    Echo: echo,
    Enqueue: enqueue,
    Leave: leave,
    Record: record,
    Reject: reject,
  },
};

/** So many documents in a row may send a call on without anything happening to it. */
const MAX_IDLE_DOCUMENTS = 100;
/** A document that kept the call for so long did something. */
const IDLE_MS = 500;

/** Carries out TwiML documents, one verb after the other. */
export class Interpreter implements Scripts {
  readonly #fetcher: TwimlFetcher;
  readonly #tools: VerbTools;
  readonly #accountSid: string;

  constructor(fetcher: TwimlFetcher, tools: Omit<VerbTools, 'scripts'>, accountSid: string) {
    this.#fetcher = fetcher;
    this.#tools = { ...tools, scripts: this };
    this.#accountSid = accountSid;
  }

  async run(script: Script): Promise<ScriptEnd> {
    const { call, signal } = script;
    let verbs = 0;
    let idle = 0;
    let next: { source: TwimlSource; fields: Record<string, string> } = {
      source: script.source,
      fields: {},
    };
    for (;;) {
      const asked = { ...this.#fieldsOf(call), ...script.fields(), ...next.fields };
      const document = await this.#fetcher.fetch(call, next.source, asked, signal);
      const begun = Date.now();
      const { outcome, count } = await this.#document(script, document);
      verbs += count;
      if (signal.aborted) return { how: 'aborted' };
      if (outcome.next === 'verb') return { how: 'through', verbs };
      if (outcome.next === 'reject') return { how: 'reject', reason: outcome.reason };
      if (outcome.next !== 'document') return { how: outcome.next };
      idle = Date.now() - begun < IDLE_MS ? idle + 1 : 0;
      if (idle >= MAX_IDLE_DOCUMENTS) {
        throw new TwimlProblem(TWIML.redirectLoop, 'The TwiML goes in circles', document.exchange);
      }
      const { url, method, fields } = outcome;
      next = { source: { kind: 'url', url, method }, fields };
    }
  }

  tell(call: Call, url: string, method: HttpMethod, fields: Record<string, string>): void {
    const asked = { ...this.#fieldsOf(call), ...fields };
    const never = new AbortController().signal;
    this.#fetcher
      .fetch(call, { kind: 'url', url, method }, asked, never)
      .catch((error: unknown) => {
        const problem =
          error instanceof TwimlProblem ? error : new TwimlProblem(TWIML.retrieval, String(error));
        this.#tools.warn(call, problem);
      });
  }

  #fieldsOf(call: Call): Record<string, string> {
    return { ...call.parameters, ...callFields(call.record, this.#accountSid) };
  }

  async #document(
    { call, kind, signal }: Script,
    { verbs, base, exchange }: TwimlDocument,
  ): Promise<{ outcome: VerbOutcome; count: number }> {
    let count = 0;
    try {
      for (const element of verbs) {
        if (signal.aborted) break;
        const verb = VERBS[kind][element.name];
        if (!verb) {
          const where = kind === 'call' ? 'supported' : 'possible here';
          throw new TwimlProblem(TWIML.schema, `<${element.name}> is not ${where}`);
        }
        const outcome = await verb({ call, element, base, signal }, this.#tools);
        if (element.name !== 'Redirect') count += 1;
        if (outcome.next !== 'verb') return { outcome, count };
      }
    } catch (error) {
      if (error instanceof TwimlProblem) error.exchange ??= exchange;
      throw error;
    }
    return { outcome: { next: 'verb' }, count };
  }
}
