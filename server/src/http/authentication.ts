import type { IncomingHttpHeaders } from 'node:http';
import type { Asker } from '../person/asker.ts';
import { Problem } from '../problem.ts';
import type { App } from './app-type.ts';

/** Who asks, or why we do not know. */
export type Authentication =
  { asker: Asker; setCookies: string[] } | { asker: null; problem: Problem };

/** Reads a session cookie or an API key from the headers. Never throws for a wrong one. */
export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Authentication>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks. On a public route without a session, reading it throws `auth.required`. */
    readonly asker: Asker;
    /** Who asks, on routes that work without. */
    askerOrNull: Asker | null;
  }
  interface FastifyContextConfig {
    /** Works without a session or API key. */
    public?: boolean;
  }
}

export function installAuthentication(app: App, authenticate: Authenticate): void {
  app.decorateRequest('askerOrNull', null);
  app.decorateRequest('asker', {
    getter() {
      if (this.askerOrNull === null) throw authRequired();
      return this.askerOrNull;
    },
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404 || !isApi(request.routeOptions.url)) return;
    const found = await authenticate(request.headers);
    if (found.asker === null) {
      if (request.routeOptions.config.public !== true) throw found.problem;
      return;
    }
    request.askerOrNull = found.asker;
    for (const cookie of found.setCookies) void reply.header('set-cookie', cookie);
  });
}

function isApi(route: string | undefined): boolean {
  return route?.startsWith('/api/') === true;
}

export function authRequired(): Problem {
  return new Problem('auth.required', 'Please sign in first.');
}
