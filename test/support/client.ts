import { randomUUID } from 'node:crypto';
import type { Call, CallRequest, Session } from '@offhook/contract';

export interface Answer<Body = unknown> {
  status: number;
  body: Body;
  headers: Headers;
}

export interface Send {
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * A browser as the server sees it: keeps cookies and sends its origin. Answers come as they are,
 * whatever their status; `ok…` helpers throw when it is not the one that is normal.
 */
export class Client {
  readonly #cookies = new Map<string, string>();

  constructor(readonly url: string) {}

  async send<Body = unknown>(method: string, path: string, send: Send = {}): Promise<Answer<Body>> {
    const response = await this.fetch(method, path, send);
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') === true;
    const body: unknown = json ? JSON.parse(text) : text;
    return { status: response.status, body: body as Body, headers: response.headers };
  }

  /** The answer with its body unread, for audio and streams. */
  async fetch(method: string, path: string, { body, headers }: Send = {}): Promise<Response> {
    const response = await fetch(new URL(path, this.url), {
      method,
      redirect: 'manual',
      headers: {
        ...(this.#cookies.size > 0 ? { cookie: this.cookie } : {}),
        ...(method === 'GET' || method === 'HEAD' ? {} : { origin: new URL(this.url).origin }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  async get<Body = unknown>(path: string, headers: Record<string, string> = {}) {
    return this.send<Body>('GET', path, { headers });
  }

  async post<Body = unknown>(path: string, body?: unknown, headers: Record<string, string> = {}) {
    return this.send<Body>('POST', path, { ...(body === undefined ? {} : { body }), headers });
  }

  async patch<Body = unknown>(path: string, body: unknown) {
    return this.send<Body>('PATCH', path, { body });
  }

  async delete<Body = unknown>(path: string) {
    return this.send<Body>('DELETE', path);
  }

  /** The value of a Cookie header, for a browser or a socket that should be this visitor. */
  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Makes the first administrator and is signed in as that person. */
  async okSetUp(person = ADMINISTRATOR): Promise<Session> {
    return expectStatus(await this.post<Session>('/api/setup', person), 201);
  }

  async okSignIn(email = ADMINISTRATOR.email, password = ADMINISTRATOR.password) {
    return expectStatus(await this.post<Session>('/api/sign-in', { email, password }), 200);
  }

  async okCall(to: string): Promise<Call> {
    const request: CallRequest = { to };
    const key = { 'idempotency-key': randomUUID() };
    return expectStatus(await this.post<Call>('/api/calls', request, key), 201);
  }

  async okGet<Body>(path: string): Promise<Body> {
    return expectStatus(await this.get<Body>(path), 200);
  }

  #keep(setCookie: string): void {
    const [pair = '', ...attributes] = setCookie.split(';');
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    const value = pair.slice(at + 1).trim();
    const over = attributes.some((attribute) => /^\s*max-age=0\s*$/i.test(attribute));
    if (over || value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

export const ADMINISTRATOR = {
  name: 'Grace Hopper',
  email: 'grace@example.com',
  password: 'correct horse battery',
};

/** @throws Error that shows the answer when it is another. */
export function expectStatus<Body>(answer: Answer<Body>, status: number): Body {
  if (answer.status === status) return answer.body;
  throw new Error(`expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
}
