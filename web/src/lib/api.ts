import { ErrorBody, type ErrorCode } from '@offhook/contract';
import type { z } from 'zod';

/**
 * What went wrong with a request. `network`: the server did not answer. `unexpected`: it answered
 * something this page cannot read, as after an update of the server.
 */
export class ApiError extends Error {
  constructor(
    readonly code: ErrorCode | 'network' | 'unexpected',
    message: string,
    readonly status: number,
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** Dispatched on `window` when a request fails because nobody is signed in any more. */
export const SESSION_LOST = 'offhook:session-lost';

type Query = Record<string, string | number | boolean | undefined>;

interface RequestOptions {
  query?: Query;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/**
 * The server's API. Each answer is parsed with its schema from the contract; every failure is an
 * ApiError (an aborted request rejects with the AbortError as usual).
 */
export const api = {
  get: <S extends z.ZodType>(path: string, answer: S, options?: RequestOptions) =>
    request('GET', path, undefined, answer, options),
  post: <S extends z.ZodType>(path: string, body: unknown, answer: S, options?: RequestOptions) =>
    request('POST', path, body, answer, options),
  patch: <S extends z.ZodType>(path: string, body: unknown, answer: S, options?: RequestOptions) =>
    request('PATCH', path, body, answer, options),
  /** For requests whose answer is 204. */
  send: async (method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<void> => {
    await exchange(method, path, body, {});
  },
};

async function request<S extends z.ZodType>(
  method: string,
  path: string,
  body: unknown,
  answer: S,
  options: RequestOptions = {},
): Promise<z.output<S>> {
  const response = await exchange(method, path, body, options);
  const parsed = answer.safeParse(await json(response));
  if (parsed.success) return parsed.data;
  throw new ApiError(
    'unexpected',
    'The server answered something this page does not understand. It may have been updated: please reload.',
    response.status,
  );
}

async function exchange(
  method: string,
  path: string,
  body: unknown,
  { query, signal, headers }: RequestOptions,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path + search(query), {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new ApiError(
      'network',
      'The server cannot be reached. Please check your connection and try again.',
      0,
    );
  }
  if (response.ok) return response;
  throw await failure(response);
}

async function failure(response: Response): Promise<ApiError> {
  const parsed = ErrorBody.safeParse(await json(response));
  if (!parsed.success) {
    return new ApiError(
      'unexpected',
      'The server could not answer. Please try again in a moment.',
      response.status,
    );
  }
  const { code, message, fields } = parsed.data.error;
  if (code === 'auth.required' || code === 'auth.session_expired') {
    window.dispatchEvent(new Event(SESSION_LOST));
  }
  return new ApiError(code, message, response.status, fields);
}

/** Undefined for a body that is no JSON: the schema then says so. */
async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function search(query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()}`;
}

/** A sentence for people, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof ApiError
    ? error.message
    : 'Something went wrong on this page. Please reload and try again.';
}
