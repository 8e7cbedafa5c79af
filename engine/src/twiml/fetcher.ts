import { AskFailed, type HttpMethod, type Reply, type Requester } from '../callback/request.ts';
import { MAX_AUDIO_BYTES } from './audio-store.ts';
import { CookieJar } from './cookie-jar.ts';
import { MAX_TWIML_BYTES, parseTwiml, type Element } from './parse.ts';
import { keptReply, TWIML, TwimlProblem, type Exchange } from './problem.ts';

/** Where TwiML comes from, and who is asked when that, or what follows from it, goes wrong. */
export type TwimlSource = (
  { kind: 'url'; url: string; method: HttpMethod } | { kind: 'text'; text: string }
) & { fallback?: { url: string; method: HttpMethod } };

export interface TwimlDocument {
  verbs: Element[];
  /** What relative addresses in it are relative to; empty when it came from no address. */
  base: string;
  /** The request that brought it. */
  exchange: Exchange | null;
}

const XML_TYPES = ['text/xml', 'application/xml', 'text/html', 'application/xhtml+xml'];
/** An application may answer with a sound: it is played, as on Twilio. */
const AUDIO_TYPES = ['audio/mpeg', 'audio/wav', 'audio/wave', 'audio/x-wav', 'audio/mp3'];

/** Asks applications for TwiML. Each `asker` (a call) has its own cookies. */
export class TwimlFetcher {
  readonly #requester: Requester;
  readonly #cookies = new WeakMap<object, CookieJar>();

  constructor(requester: Requester) {
    this.#requester = requester;
  }

  /** The fallback is not asked here. @throws TwimlProblem when there is no TwiML to be had */
  async fetch(
    asker: object,
    source: TwimlSource,
    fields: Record<string, string>,
    signal: AbortSignal,
  ): Promise<TwimlDocument> {
    if (source.kind === 'url') return this.#ask(asker, source.url, source.method, fields, signal);
    return { verbs: parseTwiml(source.text), base: '', exchange: null };
  }

  async #ask(
    asker: object,
    url: string,
    method: HttpMethod,
    fields: Record<string, string>,
    signal: AbortSignal,
  ): Promise<TwimlDocument> {
    const exchange: Exchange = { url, method, fields, reply: null };
    try {
      const jar = this.#jarOf(asker);
      const cookie = jar.header(url);
      const reply = await this.#requester.ask({
        url,
        method,
        fields,
        maxBytes: (type) => (isAudio(type) ? MAX_AUDIO_BYTES : MAX_TWIML_BYTES),
        purpose: 'twiml',
        signal,
        ...(cookie === null ? {} : { headers: { cookie } }),
      });
      jar.keep(reply.url, reply.headers['set-cookie'] ?? []);
      exchange.reply = keptReply(reply);
      return { verbs: verbsOf(reply), base: reply.url, exchange };
    } catch (error) {
      if (error instanceof AskFailed) {
        exchange.reply = error.reply && keptReply(error.reply);
        throw new TwimlProblem(error.code, error.message, exchange);
      }
      if (error instanceof TwimlProblem) error.exchange ??= exchange;
      throw error;
    }
  }

  #jarOf(asker: object): CookieJar {
    const jar = this.#cookies.get(asker) ?? new CookieJar();
    this.#cookies.set(asker, jar);
    return jar;
  }
}

function verbsOf(reply: Reply): Element[] {
  const type = typeOf(reply.headers['content-type'] ?? '');
  const text = reply.body.toString('utf8');
  if (XML_TYPES.includes(type)) return parseTwiml(text);
  // https://www.twilio.com/docs/voice/twiml#twilio-understands-mime-types
  if (isAudio(type)) return [plain('Play', reply.url)];
  if (type === 'text/plain') return [plain('Say', text)];
  const what = type === '' ? 'nothing that says what it is' : type;
  throw new TwimlProblem(TWIML.contentType, `${reply.url} answered ${what}, not TwiML`);
}

function typeOf(header: string): string {
  return header.split(';')[0]?.trim().toLowerCase() ?? '';
}

function isAudio(header: string): boolean {
  return AUDIO_TYPES.includes(typeOf(header));
}

function plain(name: string, text: string): Element {
  return { name, attributes: {}, children: [], text, content: [text] };
}
