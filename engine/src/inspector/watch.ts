import type { FastifyRequest } from 'fastify';
import type { Api } from '../api/app.ts';
import type { Exchange } from '../callback/request.ts';
import { splitOverrides } from '../callback/overrides.ts';
import type { Switchboard } from '../leg/switchboard.ts';
import type { Traffic } from './traffic.ts';

const SID_OF_ANSWER = /"sid":"((?:CA|CF|RE)[0-9a-f]{32})"/;

/** Writes down what the engine asks of applications. */
export function watchExchanges(traffic: Traffic): (exchange: Exchange) => void {
  return ({ ask, signature, at, ms, reply, error }) => {
    const { url } = splitOverrides(ask.url);
    // An answer that is a failure comes as an error that knows its status.
    const failed = error !== null && 'status' in error && typeof error.status === 'number';
    const type = String(reply?.headers['content-type'] ?? '');
    traffic.add({
      kind: ask.purpose ?? 'callback',
      at,
      ms,
      method: ask.method,
      url,
      parameters: ask.method === 'GET' ? [] : pairs(ask.fields),
      signature,
      status: reply?.status ?? (failed ? (error.status as number) : null),
      responseType: type,
      response: readable(type) ? (reply?.body.toString('utf8') ?? '') : '',
      error: error?.message ?? '',
      code: error !== null && 'code' in error ? Number(error.code) || null : null,
    });
  };
}

/** Writes down what is asked of the REST API. Call it before the routes are made. */
export function watchRest(api: Api, traffic: Traffic): void {
  const answers = new WeakMap<FastifyRequest, string>();
  api.addHook('onSend', async (request, _reply, payload) => {
    if (typeof payload === 'string') answers.set(request, payload);
  });
  api.addHook('onResponse', async (request, reply) => {
    if (!request.url.startsWith('/2010-04-01/')) return;
    const response = answers.get(request) ?? '';
    const ms = reply.elapsedTime;
    const made = reply.statusCode === 201 ? SID_OF_ANSWER.exec(response)?.[1] : undefined;
    traffic.add({
      kind: 'rest',
      at: Date.now() - ms,
      ms,
      method: request.method,
      url: request.url,
      parameters: pairs((request.body ?? {}) as Record<string, unknown>),
      status: reply.statusCode,
      responseType: String(reply.getHeader('content-type') ?? ''),
      response,
      ...(made === undefined ? {} : { sids: [made] }),
      ...problemIn(reply.statusCode, response),
    });
  });
}

/** Writes down which calls ended because something went wrong. */
export function watchCalls(switchboard: Switchboard, traffic: Traffic): void {
  switchboard.onEnded.listen(({ call, error }) => {
    if (!error) return;
    traffic.add({
      kind: 'problem',
      method: 'call ended',
      sids: [call.sid],
      code: error.code,
      error: error.message,
    });
  });
}

function pairs(fields: Record<string, unknown>): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)]),
  );
}

function readable(type: string): boolean {
  return /^(text\/|application\/(json|xml|problem))/.test(type);
}

function problemIn(status: number, response: string): { code?: number; error?: string } {
  if (status < 400) return {};
  try {
    const { code, message } = JSON.parse(response) as { code?: number; message?: string };
    return { ...(code === undefined ? {} : { code }), error: message ?? '' };
  } catch {
    return { error: `HTTP ${status}` };
  }
}
