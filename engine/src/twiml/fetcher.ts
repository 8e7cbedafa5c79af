import { AskFailed, type HttpMethod, type Requester } from '../callback/request.ts';
import { MAX_TWIML_BYTES, parseTwiml, type Element } from './parse.ts';
import { TWIML, TwimlProblem } from './problem.ts';

/** Where TwiML comes from. */
export type TwimlSource =
  | { kind: 'url'; url: string; method: HttpMethod; fallback?: { url: string; method: HttpMethod } }
  | { kind: 'text'; text: string };

export interface TwimlDocument {
  verbs: Element[];
  /** What relative addresses in it are relative to. */
  base: string;
}

const XML_TYPES = ['text/xml', 'application/xml', 'text/html'];

/** Asks applications for TwiML. */
export class TwimlFetcher {
  readonly #requester: Requester;

  constructor(requester: Requester) {
    this.#requester = requester;
  }

  /** @throws TwimlProblem when there is no TwiML to be had, also from the fallback. */
  async fetch(
    source: TwimlSource,
    fields: Record<string, string>,
    signal: AbortSignal,
  ): Promise<TwimlDocument> {
    if (source.kind === 'text')
      return { verbs: parseTwiml(source.text), base: 'http://localhost/' };
    try {
      return await this.#ask(source.url, source.method, fields, signal);
    } catch (error) {
      if (!(error instanceof TwimlProblem) || source.fallback === undefined) throw error;
      const { url, method } = source.fallback;
      const why = { ...fields, ErrorCode: String(error.code), ErrorUrl: source.url };
      return this.#ask(url, method, why, signal);
    }
  }

  async #ask(
    url: string,
    method: HttpMethod,
    fields: Record<string, string>,
    signal: AbortSignal,
  ): Promise<TwimlDocument> {
    try {
      const ask = {
        url,
        method,
        fields,
        maxBytes: MAX_TWIML_BYTES,
        purpose: 'twiml',
        signal,
      } as const;
      const reply = await this.#requester.ask(ask);
      const type = (reply.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
      if (!XML_TYPES.includes(type)) {
        throw new TwimlProblem(TWIML.contentType, `${url} answered ${type || 'nothing'}, not XML`);
      }
      return { verbs: parseTwiml(reply.body.toString('utf8')), base: reply.url };
    } catch (error) {
      if (!(error instanceof AskFailed)) throw error;
      throw new TwimlProblem(error.code, error.message);
    }
  }
}
