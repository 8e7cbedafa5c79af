import type { HttpMethod } from '../callback/request.ts';
import type { Call } from '../leg/call.ts';
import { callFields } from '../leg/call-callbacks.ts';
import type { TwimlDocument, TwimlFetcher, TwimlSource } from './fetcher.ts';
import { TWIML, TwimlProblem, type Exchange } from './problem.ts';
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

interface Step {
  source: TwimlSource;
  fields: Record<string, string>;
  /** It is the fallback's: for what goes wrong in it there is none. */
  rescue: boolean;
}

interface Done {
  outcome: VerbOutcome;
  /** Verbs that were carried out. */
  count: number;
  /** The request that brought the document. */
  exchange: Exchange | null;
  /** How long it kept the call. */
  ms: number;
}

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
    const { source, signal } = script;
    let verbs = 0;
    let idle = 0;
    let step: Step = { source, fields: {}, rescue: false };
    for (;;) {
      const { outcome, count, exchange, ms } = await this.#step(script, step);
      verbs += count;
      if (signal.aborted) return { how: 'aborted' };
      if (outcome.next === 'verb') return { how: 'through', verbs };
      if (outcome.next === 'reject') return { how: 'reject', reason: outcome.reason };
      if (outcome.next !== 'document') return { how: outcome.next };
      idle = ms < IDLE_MS ? idle + 1 : 0;
      if (idle >= MAX_IDLE_DOCUMENTS) {
        throw new TwimlProblem(TWIML.redirectLoop, 'The TwiML goes in circles', exchange);
      }
      const { url, method, fields } = outcome;
      step = { source: { kind: 'url', url, method }, fields, rescue: false };
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

  /**
   * Fetches one document and carries it out; when that cannot be done, the script's fallback in its
   * place (https://www.twilio.com/docs/usage/security/availability-reliability). @throws TwimlProblem
   */
  async #step(script: Script, step: Step): Promise<Done> {
    const { call, signal, source } = script;
    try {
      const asked = { ...this.#fieldsOf(call), ...script.fields(), ...step.fields };
      const document = await this.#fetcher.fetch(call, step.source, asked, signal);
      const begun = Date.now();
      const done = await this.#document(script, document);
      return { ...done, exchange: document.exchange, ms: Date.now() - begun };
    } catch (error) {
      const { fallback } = source;
      const ours = error instanceof TwimlProblem && !signal.aborted;
      if (!ours || fallback === undefined || step.rescue) throw error;
      this.#tools.note(call, error);
      const url = error.exchange?.url;
      const fields = { ErrorCode: String(error.code), ...(url && { ErrorUrl: url }) };
      return this.#step(script, { source: { kind: 'url', ...fallback }, fields, rescue: true });
    }
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
          const code = kind === 'music' ? TWIML.conferenceVerb : TWIML.schema;
          throw new TwimlProblem(code, `<${element.name}> is not ${where}`);
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
