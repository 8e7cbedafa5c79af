import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from '../api/app.ts';
import { ApiProblem } from '../api/problem.ts';
import { liveNow, type LiveParts } from './live.ts';
import type { Traffic } from './traffic.ts';

/** How often what is going on is looked at again while somebody watches. */
const LOOK_MS = 500;
const MOST_WATCHERS = 20;

const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/inspector.js': ['inspector.js', 'text/javascript; charset=utf-8'],
  '/inspector.css': ['inspector.css', 'text/css; charset=utf-8'],
  '/loopback-signal.js': ['loopback-signal.js', 'text/javascript; charset=utf-8'],
} as const;

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

/**
 * The engine's own page: what is going on, and everything that was said between it and
 * applications. For people on this machine only.
 */
export class Inspector {
  readonly #traffic: Traffic;
  readonly #live: LiveParts;
  readonly #watchers = new Map<ServerResponse, () => void>();
  #closed = false;

  constructor(traffic: Traffic, live: LiveParts) {
    this.#traffic = traffic;
    this.#live = live;
  }

  routes(api: Api): void {
    for (const [path, [file, type]] of Object.entries(FILES)) {
      const body = readFileSync(new URL(`page/${file}`, import.meta.url));
      api.get(path, { onRequest: onlyFromHere }, async (_request, reply) =>
        reply.headers(HEADERS).type(type).send(body),
      );
    }
    api.get('/inspector/events', { onRequest: onlyFromHere }, (request, reply) => {
      this.#watch(request, reply);
    });
  }

  /** Lets go of everybody who watches. Harmless twice. */
  close(): void {
    this.#closed = true;
    for (const stop of [...this.#watchers.values()]) stop();
  }

  /** Server-sent events: `traffic` with an entry and its id, `live` whenever it has changed. */
  #watch(request: FastifyRequest, reply: FastifyReply): void {
    if (this.#closed || this.#watchers.size >= MOST_WATCHERS) {
      throw new ApiProblem(503, 20_503, 'Too many pages watch already');
    }
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
    const send = (event: string, data: unknown, id?: number) => {
      const named = id === undefined ? '' : `id: ${id}\n`;
      response.write(`${named}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    };
    let shown = '';
    const look = () => {
      const { now, ...live } = liveNow(this.#live);
      const text = JSON.stringify(live);
      if (text === shown) return;
      shown = text;
      send('live', { now, ...live });
    };
    // Numbers begin anew with the engine; a page that knows higher ones gets everything.
    const last = Number(request.headers['last-event-id'] ?? 0) || 0;
    const missed = this.#traffic.after(0);
    const known = last <= (missed.at(-1)?.id ?? 0) ? last : 0;
    send('begin', { keepsEntriesBefore: known });
    for (const entry of missed) if (entry.id > known) send('traffic', entry, entry.id);
    look();
    const deaf = this.#traffic.listen((entry) => send('traffic', entry, entry.id));
    const timer = setInterval(look, LOOK_MS);
    const stop = () => {
      clearInterval(timer);
      deaf();
      this.#watchers.delete(response);
      response.end();
    };
    this.#watchers.set(response, stop);
    response.on('close', stop);
    response.on('error', stop);
  }
}

/**
 * The socket listens on loopback already; a page elsewhere may still make a browser here ask, under
 * a name of its own that points to us (DNS rebinding), and a proxy may stand before us.
 */
async function onlyFromHere(request: FastifyRequest): Promise<void> {
  const { headers } = request;
  const passedOn = headers['x-forwarded-for'] ?? headers.forwarded ?? headers.via;
  const elsewhere = ['cross-site', 'same-site'].includes(String(headers['sec-fetch-site'] ?? ''));
  const script = request.url === '/loopback-signal.js';
  if (
    passedOn !== undefined ||
    !isLoopback(request.socket.remoteAddress ?? '') ||
    !isLoopbackName(headers.host ?? '') ||
    // Any page on this machine may load the one script that is made for it.
    (elsewhere && !script && headers['sec-fetch-mode'] !== 'navigate')
  ) {
    throw new ApiProblem(403, 20_403, 'This page is for people on the same machine');
  }
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

function isLoopbackName(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return name === 'localhost' || isLoopback(name);
}
