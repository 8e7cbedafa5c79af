import { timingSafeEqual } from 'node:crypto';
import basicAuth from '@fastify/basic-auth';
import formbody from '@fastify/formbody';
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyRequest,
} from 'fastify';
import type { Logger } from 'pino';
import { CallRefused } from '../leg/switchboard.ts';
import { JoinRefused } from '../room/conference.ts';
import { ApiProblem, notFound, problemBody } from './problem.ts';

export type Api = FastifyInstance;

export interface ApiAccount {
  sid: string;
  authToken: string;
  apiKeySid: string;
  apiKeySecret: string;
}

const BODY_LIMIT_BYTES = 1024 * 1024;
const DROPPED_BODY_BYTES = 64 * 1024 * 1024;

/** The HTTP side of the engine, without routes: reading, errors, and who may come in. */
export async function createApi(log: Logger): Promise<Api> {
  const logger: FastifyBaseLogger = log.child({ part: 'api' }, { level: 'warn' });
  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    loggerInstance: logger,
    exposeHeadRoutes: true,
    // Node closes an idle connection after this; clients keep theirs shorter.
    keepAliveTimeout: 75_000,
  });
  await app.register(formbody);
  app.setNotFoundHandler((request, reply) => {
    const { status, code, message } = notFound(request.url.split('?')[0] ?? '');
    return reply.code(status).send(problemBody(status, code, message));
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const { status, code, message } = problemOf(error);
    if (status >= 500) request.log.error({ err: error }, 'a request failed');
    // What is too much now may be asked again soon (RFC 9110 10.2.3, in seconds).
    if (status === 429 || status === 503) void reply.header('retry-after', '1');
    if (status === 401) void reply.header('www-authenticate', 'Basic realm="Twilio API"');
    return reply.code(status).send(problemBody(status, code, message));
  });
  return app;
}

/** The routes of one account in Twilio's API. Paths are relative to the account's. */
export function accountRoutes(
  app: Api,
  account: ApiAccount,
  routes: (scope: Api) => void,
): Promise<void> {
  return guarded(app, account, `/2010-04-01/Accounts/${account.sid}`, routes);
}

/** What Twilio's API has no words for, in JSON: the engine's own settings. */
export function ownRoutes(
  app: Api,
  account: ApiAccount,
  routes: (scope: Api) => void,
): Promise<void> {
  return guarded(app, account, '/offhook/v1', routes);
}

/** Routes behind the account's credentials. */
async function guarded(
  app: Api,
  account: ApiAccount,
  prefix: string,
  routes: (scope: Api) => void,
): Promise<void> {
  await app.register(
    async (scope) => {
      await scope.register(basicAuth, {
        validate: async (user: string, password: string) => {
          const token = equal(user, account.sid) && equal(password, account.authToken);
          const key = equal(user, account.apiKeySid) && equal(password, account.apiKeySecret);
          if (!token && !key) throw new ApiProblem(401, 20_003, 'Authenticate');
        },
      });
      scope.addHook('onRequest', scope.basicAuth);
      scope.addHook('onRequest', refuseLargeBody);
      // Unknown addresses below the account are only told to who may come in.
      scope.setNotFoundHandler({ preHandler: scope.basicAuth }, (request) => {
        throw notFound(request.url.split('?')[0] ?? '');
      });
      routes(scope);
    },
    { prefix },
  );
}

/**
 * Reads a body that is too large to its end, and drops it: a client that is still sending would
 * see a broken connection in place of the answer.
 */
async function refuseLargeBody({ raw }: FastifyRequest): Promise<void> {
  const bytes = Number(raw.headers['content-length'] ?? 0);
  if (bytes <= BODY_LIMIT_BYTES) return;
  if (bytes <= DROPPED_BODY_BYTES) for await (const _ of raw) void _;
  throw new ApiProblem(413, 20_413, 'The request is too large');
}

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function problemOf(error: FastifyError): { status: number; code: number; message: string } {
  if (error instanceof ApiProblem) return error;
  if (error instanceof CallRefused) return error;
  if (error instanceof JoinRefused) {
    return { status: 400, code: error.code, message: error.message };
  }
  const status = error.statusCode ?? 500;
  if (status === 401) return { status, code: 20_003, message: 'Authenticate' };
  if (status === 413) return { status, code: 20_413, message: 'The request is too large' };
  if (status === 415) return { status, code: 20_415, message: 'Send the fields as a form' };
  if (status < 500) return { status, code: 20_001, message: error.message };
  return { status: 500, code: 20_500, message: 'Internal Server Error' };
}
