import type { FastifyRequest } from 'fastify';
import type { HttpConfig } from '../config/config.ts';
import { Problem } from '../problem.ts';
import type { App } from './app-type.ts';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A page of another site must not act with our visitor's cookies. Cookies are SameSite=Lax; this
 * is the second lock: what changes something must come from our own pages, or from a program that
 * sends no Origin at all, or carry an API key (which no other site can know).
 */
export function installOriginCheck(app: App, http: HttpConfig): void {
  const publicOrigin = new URL(http.publicUrl).origin;
  app.addHook('onRequest', async (request) => {
    if (READING.has(request.method) || !request.url.startsWith('/api/')) return;
    if (request.headers.authorization !== undefined) return;
    if (!comesFromUs(request, publicOrigin)) {
      throw new Problem(
        'auth.bad_origin',
        'This request came from another site, so nothing was done. Open Offhook at its own address and try again.',
      );
    }
  });
}

function comesFromUs(request: FastifyRequest, publicOrigin: string): boolean {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (origin === undefined) return site === undefined || site === 'same-origin' || site === 'none';
  if (origin === publicOrigin) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
