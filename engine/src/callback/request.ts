import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { splitOverrides, type FailureKind, type Overrides } from './overrides.ts';
import { twilioSignature, type FormFields } from './signature.ts';

export type HttpMethod = 'GET' | 'POST';

/** One request as it went out, and what became of it. */
export interface Exchange {
  ask: Ask;
  signature: string;
  /** When it was sent, in ms of Date.now(), and for how long it took. */
  at: number;
  ms: number;
  reply: Reply | null;
  error: Error | null;
}

export interface Ask {
  /** May carry connection overrides in its fragment. */
  url: string;
  method: HttpMethod;
  fields: FormFields;
  /** More than this is a failure. Bytes; may depend on what the answer says it is. */
  maxBytes: number | ((contentType: string) => number);
  /** Names this request to the application when it is repeated. */
  idempotencyToken?: string;
  headers?: Record<string, string>;
  /** What it is for, as far as whoever watches is concerned. */
  purpose?: 'twiml' | 'callback' | 'sound';
  signal?: AbortSignal;
}

export interface Reply {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
  /** Where the reply came from in the end, after redirects. */
  url: string;
}

/** The application could not be asked, or did not say yes. `code` is Twilio's. */
export class AskFailed extends Error {
  readonly code: 11200 | 11205 | 11206 | 11210 | 11215;
  readonly kind: FailureKind;
  readonly status: number | null;
  /** What was answered, where it was read to its end. */
  readonly reply: Reply | null;

  constructor(
    code: AskFailed['code'],
    kind: FailureKind,
    status: number | null,
    message: string,
    reply: Reply | null = null,
  ) {
    super(message);
    this.name = 'AskFailed';
    this.code = code;
    this.kind = kind;
    this.status = status;
    this.reply = reply;
  }
}

const MAX_REDIRECTS = 10;
/** The voice ceiling: no application may take longer, whatever its overrides say. */
const CEILING_MS = 15_000;

/** Asks applications the way Twilio does: signed, form-encoded, with limits. */
export class Requester {
  readonly #authToken: string;
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });

  readonly #watch: ((exchange: Exchange) => void) | null;
  #closed = false;

  /** `watch` is told of every request, also of each that is tried again or redirected. */
  constructor(authToken: string, watch: ((exchange: Exchange) => void) | null = null) {
    this.#authToken = authToken;
    this.#watch = watch;
  }

  /** Resolves with a 2xx reply (or 304 when asked conditionally), else throws AskFailed. */
  async ask(ask: Ask): Promise<Reply> {
    const { url, overrides } = splitOverrides(ask.url);
    const token = ask.idempotencyToken ?? randomUUID();
    const deadline = Date.now() + Math.min(overrides.totalMs, CEILING_MS);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#follow({ ...ask, url, idempotencyToken: token }, overrides, deadline);
      } catch (error) {
        if (!(error instanceof AskFailed)) throw error;
        const backoff = 100 * 2 ** attempt;
        const again = attempt < overrides.retries && overrides.retryOn.has(error.kind);
        if (!again || this.#closed || Date.now() + backoff >= deadline) throw error;
        await pause(backoff, undefined, ask.signal ? { signal: ask.signal } : {});
      }
    }
  }

  /** What is asked now fails at once, and is not asked again. */
  close(): void {
    this.#closed = true;
    this.#http.destroy();
    this.#https.destroy();
  }

  /** A redirect turns a POST into a GET without fields, as it does on Twilio. */
  async #follow(ask: Ask, overrides: Overrides, deadline: number): Promise<Reply> {
    let { url, method, fields } = ask;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const reply = await this.#once({ ...ask, url, method, fields }, overrides, deadline);
      const location = reply.headers.location;
      if (reply.status >= 300 && reply.status < 400 && location !== undefined) {
        url = new URL(location, url).href;
        if (reply.status !== 307 && reply.status !== 308) [method, fields] = ['GET', {}];
        continue;
      }
      if (reply.status < 300 || reply.status === 304) return reply;
      const kind = reply.status >= 500 ? '5xx' : '4xx';
      throw new AskFailed(11200, kind, reply.status, `${url} answered ${reply.status}`, reply);
    }
    throw new AskFailed(11215, '4xx', null, `${ask.url} redirects too often`);
  }

  #once(ask: Ask, overrides: Overrides, deadline: number): Promise<Reply> {
    const target = new URL(ask.url);
    const form = encodeForm(ask.fields);
    if (ask.method === 'GET')
      for (const [name, value] of form) target.searchParams.append(name, value);
    // What the application sees of its address, for it can hold nothing else against the signature:
    // neither user and password (they travel in their own header) nor a fragment.
    const signed = `${target.origin}${target.pathname}${target.search}`;
    const body = ask.method === 'POST' ? new URLSearchParams(form).toString() : null;
    const headers: Record<string, string> = {
      'user-agent': 'OffhookEngine/1.0',
      accept: '*/*',
      ...ask.headers,
      'x-twilio-signature': twilioSignature(
        this.#authToken,
        signed,
        ask.method === 'POST' ? ask.fields : {},
      ),
      'i-twilio-idempotency-token': ask.idempotencyToken ?? randomUUID(),
    };
    if (body !== null) {
      headers['content-type'] = 'application/x-www-form-urlencoded; charset=UTF-8';
      headers['content-length'] = String(Buffer.byteLength(body));
    }
    const exchange = this.#exchange(target, ask, headers, body, overrides, deadline);
    return this.#watched(exchange, { ...ask, url: signed }, headers['x-twilio-signature'] ?? '');
  }

  async #watched(exchange: Promise<Reply>, ask: Ask, signature: string): Promise<Reply> {
    const at = Date.now();
    const began = performance.now();
    const tell = (reply: Reply | null, error: Error | null) =>
      this.#watch?.({ ask, signature, at, ms: performance.now() - began, reply, error });
    try {
      const reply = await exchange;
      tell(reply, null);
      return reply;
    } catch (error) {
      tell(null, error as Error);
      throw error;
    }
  }

  #exchange(
    target: URL,
    ask: Ask,
    headers: Record<string, string>,
    body: string | null,
    overrides: Overrides,
    deadline: number,
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const secure = target.protocol === 'https:';
      const request = (secure ? httpsRequest : httpRequest)(target, {
        method: ask.method,
        headers,
        agent: secure ? this.#https : this.#http,
        ...(ask.signal ? { signal: ask.signal } : {}),
      });
      const left = Math.max(1, deadline - Date.now());
      let connected = false;
      let over = false;
      let readTimer: NodeJS.Timeout | undefined;
      const settle = () => {
        over = true;
        clearTimeout(connectTimer);
        clearTimeout(readTimer);
      };
      const fail = (error: Error) => {
        if (over) return;
        settle();
        request.destroy();
        const ours = error instanceof AskFailed || ask.signal?.aborted === true;
        const what = `${target.host}: ${error.message}`;
        if (ours) reject(error);
        else if (connected) reject(new AskFailed(11200, 'rt', null, what));
        else reject(new AskFailed(11205, 'ct', null, what));
      };
      const connectTimer = setTimeout(
        () => fail(new AskFailed(11205, 'ct', null, `no connection to ${target.host} in time`)),
        Math.min(overrides.connectMs, left),
      );
      const ready = () => {
        if (over) return;
        connected = true;
        clearTimeout(connectTimer);
        readTimer = setTimeout(
          () => fail(new AskFailed(11200, 'rt', null, `${target.host} did not answer in time`)),
          Math.min(overrides.readMs, left),
        );
      };
      request.on('socket', (socket) => {
        if (!socket.connecting) ready();
        else socket.once(secure ? 'secureConnect' : 'connect', ready);
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        // A kept connection that the other side closed in the same moment never saw the request.
        const stale = request.reusedSocket && error.code === 'ECONNRESET';
        const unwanted = this.#closed || ask.signal?.aborted === true;
        if (over || !stale || unwanted) return fail(error);
        settle();
        resolve(this.#exchange(target, ask, headers, body, overrides, deadline));
      });
      request.on('response', (response) => {
        readBody(response, mostOf(ask.maxBytes, response)).then((bytes) => {
          settle();
          const { statusCode = 0, headers } = response;
          resolve({ status: statusCode, headers, body: bytes, url: ask.url });
        }, fail);
      });
      request.end(body ?? undefined);
    });
  }
}

function encodeForm(fields: FormFields): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one): [string, string] => [name, one]),
  );
}

function mostOf(most: Ask['maxBytes'], { headers }: IncomingMessage): number {
  return typeof most === 'number' ? most : most(headers['content-type'] ?? '');
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) throw new AskFailed(11206, 'rt', null, `answer above ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
