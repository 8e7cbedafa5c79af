import { STATUS_CODES } from 'node:http';
import { ERROR_STATUS, type ErrorBody, type ErrorCode } from '@offhook/contract';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { Problem } from '../problem.ts';
import type { App } from './app-type.ts';
import { invalidFields } from './invalid-fields.ts';

/** Turns whatever was thrown into the contract's ErrorBody. The only place that does. */
export function installErrorHandler(app: App): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = asProblem(error);
    if (problem.status >= 500) request.log.error({ err: error }, 'request failed');
    else request.log.debug({ code: problem.code, fields: problem.fields }, 'request refused');
    return answerProblem(problem, request, reply);
  });
}

export function notFound(): Problem {
  return new Problem('request.not_found', 'There is nothing at this address.');
}

/** Sends a problem as the contract's ErrorBody. */
export function answerProblem(
  problem: Problem,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const body: ErrorBody = {
    error: {
      code: problem.code,
      message: problem.message,
      ...(problem.fields === undefined ? {} : { fields: problem.fields }),
      requestId: request.id,
    },
  };
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .serializer((value: unknown) => JSON.stringify(value))
    .send(body);
}

function asProblem(error: FastifyError): Problem {
  if (error instanceof Problem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    return new Problem(
      'request.invalid',
      'Something in this request is missing or not as it should be.',
      invalidFields(error.validation),
    );
  }
  const [code, message] = fromFastify(error);
  return new Problem(code, message);
}

function fromFastify(error: FastifyError): [ErrorCode, string] {
  switch (error.statusCode) {
    case ERROR_STATUS['request.too_large']:
      return ['request.too_large', 'This request is larger than we accept.'];
    case ERROR_STATUS['request.rate_limited']:
      return ['request.rate_limited', 'Too many attempts. Please wait a minute and try again.'];
    case ERROR_STATUS['request.not_found']:
      return ['request.not_found', 'There is nothing at this address.'];
    case 503:
      return ['server.stopping', 'The server is stopping. Please try again in a moment.'];
    default:
      break;
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return [
      'request.malformed',
      `We could not read this request (${STATUS_CODES[error.statusCode] ?? error.code}). Its body must be JSON.`,
    ];
  }
  return [
    'server.failure',
    'Something went wrong on our side. Please try again; if it stays, tell your administrator the request id.',
  ];
}
