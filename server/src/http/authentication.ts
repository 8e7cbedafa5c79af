import type { Asker } from '../person/asker.ts';
import type { Sessions } from '../person/sessions.ts';
import { Problem } from '../problem.ts';
import type { App } from './app-type.ts';

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

export function installAuthentication(app: App, sessions: Pick<Sessions, 'authenticate'>): void {
  app.decorateRequest('askerOrNull', null);
  app.decorateRequest('asker', {
    getter() {
      if (this.askerOrNull === null) throw authRequired();
      return this.askerOrNull;
    },
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404 || !isApi(request.routeOptions.url)) return;
    const found = await sessions.authenticate(request.headers);
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

function authRequired(): Problem {
  return new Problem('auth.required', 'Please sign in first.');
}
