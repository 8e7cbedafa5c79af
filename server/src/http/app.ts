import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyBaseLogger } from 'fastify';
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { HttpConfig } from '../config/config.ts';
import type { App } from './app-type.ts';
import { installAuthentication, type Authenticate } from './authentication.ts';
import { installErrorHandler } from './error-handler.ts';
import { installOriginCheck } from './origin-check.ts';

export type { App } from './app-type.ts';

export interface AppParts {
  http: HttpConfig;
  log: Logger;
  authenticate: Authenticate;
}

const MAX_BODY_BYTES = 256 * 1024;

export function createApp({ http, log, authenticate }: AppParts): App {
  const logger: FastifyBaseLogger = log;
  const app = Fastify({
    loggerInstance: logger,
    genReqId: () => randomUUID(),
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: http.trustedProxies.length > 0 ? http.trustedProxies : false,
    // Our own line below names the route, never the address: addresses carry link secrets.
    disableRequestLogging: true,
    return503OnClosing: true,
    forceCloseConnections: true,
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  readEmptyJsonAsNothing(app);
  installErrorHandler(app);
  installOriginCheck(app, http);
  installAuthentication(app, authenticate);

  app.addHook('onResponse', async (request, reply) => {
    request.log.debug(
      {
        method: request.method,
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        person: request.askerOrNull?.personId ?? null,
      },
      'answered',
    );
  });
  return app;
}

/** Browsers and clients send `Content-Type: application/json` with an empty body: that is none. */
function readEmptyJsonAsNothing(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined);
      else void parse(request, body, done);
    },
  );
}
