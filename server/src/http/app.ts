import { randomUUID } from 'node:crypto';
import { ErrorBody } from '@offhook/contract';
import Fastify, { LogController, type FastifyBaseLogger } from 'fastify';
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { HttpConfig } from '../config/config.ts';
import type { Sessions } from '../person/sessions.ts';
import type { App } from './app-type.ts';
import { installAuthentication } from './authentication.ts';
import { installErrorHandler } from './error-handler.ts';
import { installOpenApi } from './openapi.ts';
import { installOriginCheck } from './origin-check.ts';
import { installSecurityHeaders } from './security-headers.ts';

export type { App } from './app-type.ts';

export interface AppParts {
  http: HttpConfig;
  log: Logger;
  sessions: Pick<Sessions, 'authenticate'>;
}

const MAX_BODY_BYTES = 256 * 1024;

export async function createApp({ http, log, sessions }: AppParts): Promise<App> {
  const logger: FastifyBaseLogger = log;
  const app = Fastify({
    loggerInstance: logger,
    genReqId: () => randomUUID(),
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: http.trustedProxies.length > 0 ? http.trustedProxies : false,
    // Our own line below names the route, never the address: addresses carry link secrets.
    logController: new LogController({ disableRequestLogging: true }),
    return503OnClosing: true,
    forceCloseConnections: 'idle',
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  readEmptyJsonAsNothing(app);
  installErrorHandler(app);
  await installSecurityHeaders(app, http);
  installOriginCheck(app, http);
  installAuthentication(app, sessions);
  describeErrors(app);
  await installOpenApi(app, http.publicUrl);
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) {
      void reply.header('cache-control', 'no-store');
    }
  });
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

/** Every answer with a status of 400 or above has the same body; the API description says so. */
function describeErrors(app: App): void {
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/api/') || route.schema === undefined) return;
    const response = route.schema.response as Record<string, unknown> | undefined;
    route.schema.response = {
      '4xx': errorAnswer('The request was refused; the code says why.'),
      '5xx': errorAnswer('We failed.'),
      ...response,
    };
  });
}

/** JSON, whatever the route itself answers with: sound, a stream. */
function errorAnswer(description: string) {
  return { description, content: { 'application/json': { schema: ErrorBody } } };
}
