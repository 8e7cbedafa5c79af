import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';

export interface Asked {
  path: string;
  query: URLSearchParams;
  method: string;
  fields: Record<string, string>;
  headers: IncomingMessage['headers'];
  /** The official validator accepts its signature. */
  signed: boolean;
}

/** What a handler answers: TwiML as text, or anything by hand. */
export type Answer =
  | string
  | {
      status: number;
      type?: string;
      body?: string | Buffer;
      location?: string;
      headers?: Record<string, string>;
    }
  | null;
export type Handler = (asked: Asked) => Answer | Promise<Answer>;

/** A Twilio application on loopback: answers TwiML, keeps and checks everything it is asked. */
export class Application {
  readonly asked: Asked[] = [];
  readonly #handlers = new Map<string, Handler>();
  readonly #server: Server;
  readonly #authToken: string;
  #wake: (() => void)[] = [];

  private constructor(authToken: string) {
    this.#authToken = authToken;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async open(authToken: string): Promise<Application> {
    const application = new Application(authToken);
    await new Promise<void>((resolve) => application.#server.listen(0, '127.0.0.1', resolve));
    return application;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  on(path: string, handler: Handler | Answer): void {
    this.#handlers.set(path, typeof handler === 'function' ? handler : () => handler);
  }

  /** The first request that fits, asked already or still to come. */
  async next(fits: (asked: Asked) => boolean, withinMs = 10_000): Promise<Asked> {
    const until = Date.now() + withinMs;
    for (;;) {
      const found = this.asked.find(fits);
      if (found) return found;
      const left = until - Date.now();
      if (left <= 0) {
        const heard = this.asked.map(({ path, fields }) => `${path} ${JSON.stringify(fields)}`);
        throw new Error(`the application was not asked in time; it heard:\n${heard.join('\n')}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  at(path: string): Asked[] {
    return this.asked.filter((asked) => asked.path === path);
  }

  /** Stops listening, so that callbacks find nobody. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Listens again where it did. */
  async reopen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const address = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString('utf8')));
    const signature = String(request.headers['x-twilio-signature']);
    const asked: Asked = {
      path: address.pathname,
      query: address.searchParams,
      method: request.method ?? '',
      fields,
      headers: request.headers,
      signed: twilio.validateRequest(this.#authToken, signature, address.href, fields),
    };
    this.asked.push(asked);
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
    const answer = (await this.#handlers.get(asked.path)?.(asked)) ?? { status: 204 };
    if (typeof answer === 'string') {
      response.writeHead(200, { 'content-type': 'text/xml' }).end(answer);
    } else {
      const { type, location } = answer;
      response
        .writeHead(answer.status, {
          ...(type === undefined ? {} : { 'content-type': type }),
          ...(location === undefined ? {} : { location }),
          ...answer.headers,
        })
        .end(answer.body);
    }
  }
}
