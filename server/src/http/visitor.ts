import type { FastifyRequest } from 'fastify';
import type { Visitor } from '../person/sessions.ts';

export function visitorOf(request: FastifyRequest): Visitor {
  return { headers: request.headers, ipAddress: request.ip };
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;
const LOCAL_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);
const FORWARDING = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/**
 * The visitor sits at this machine: the connection itself comes from here, no proxy says that it
 * passes on somebody else's, and the page was opened under a local name (a foreign name that was
 * made to point here is not).
 */
export function isLocal(request: FastifyRequest): boolean {
  const { host } = request.headers;
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  return (
    LOOPBACK.test(request.socket.remoteAddress ?? '') &&
    LOCAL_NAMES.has(new URL(`http://${host}`).hostname) &&
    FORWARDING.every((name) => request.headers[name] === undefined)
  );
}
