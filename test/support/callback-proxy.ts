import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What becomes of a callback on its way. */
export type Fate = 'arrives' | 'arrives_twice' | 'is_lost';

/**
 * A bad network between carrier and server: what the carrier tells goes through here, and some of it
 * does not arrive, or arrives twice. Answers of the server go back unchanged.
 */
export class CallbackProxy {
  /** "/carrier/leg", "/carrier/conference", "/carrier/recording", "/carrier/voice", … */
  fate: (path: string, form: URLSearchParams) => Fate = () => 'arrives';
  /** Paths of what was lost. */
  readonly lost: string[] = [];
  /** Where the server is; callbacks come only after a call, so it may be known late. */
  target = '';
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : undefined);
      });
    });
  }

  static async open(): Promise<CallbackProxy> {
    const proxy = new CallbackProxy();
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    const body = await buffer(request);
    const fate = this.fate(path.split('?', 1)[0] ?? '', new URLSearchParams(body.toString()));
    if (fate === 'is_lost') {
      this.lost.push(path);
      response.destroy();
      return;
    }
    const send = () => this.#send(request, path, body);
    if (fate === 'arrives_twice') await (await send()).arrayBuffer();
    const answer = await send();
    const type = answer.headers.get('content-type');
    response.writeHead(answer.status, type === null ? {} : { 'content-type': type });
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  #send({ method = 'GET', headers }: IncomingMessage, path: string, body: Buffer) {
    const signature = headers['x-twilio-signature'];
    const type = headers['content-type'];
    return fetch(new URL(path, this.target), {
      method,
      headers: {
        ...(typeof signature === 'string' ? { 'x-twilio-signature': signature } : {}),
        ...(type === undefined ? {} : { 'content-type': type }),
      },
      ...(method === 'GET' ? {} : { body }),
    });
  }
}
