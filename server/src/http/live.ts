import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Live } from '../live/live.ts';
import type { Sink } from '../live/live-stream.ts';
import type { App } from './app-type.ts';

const LiveQuery = z.strictObject({ after: z.coerce.number().int().nonnegative().optional() });
const LiveHeaders = z.looseObject({
  'last-event-id': z.coerce.number().int().nonnegative().optional(),
});

/** A reader that takes nothing for so long is gone, or might as well be; in milliseconds. */
const STUCK_MS = 60_000;

export function liveRoutes(app: App, { live }: { live: Live }): void {
  app.get(
    '/api/live',
    {
      schema: {
        summary: 'Live events, as server-sent events; resumes after Last-Event-ID or ?after=',
        querystring: LiveQuery,
        headers: LiveHeaders,
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      const { asker, headers, log } = request;
      reply.hijack();
      reply.raw.writeHead(200, {
        ...definedHeaders(reply.getHeaders()),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // A proxy that collects the stream first would make it pointless.
        'x-accel-buffering': 'no',
      });
      const after = headers['last-event-id'] ?? request.query.after ?? null;
      const gone = new AbortController();
      reply.raw.once('close', () => {
        gone.abort();
      });
      const sink = sinkOf(reply.raw);
      const came = request.raw.headers;
      await live.open({ sink, asker, headers: came, after, gone: gone.signal, log });
    },
  );
}

function sinkOf(response: ServerResponse): Sink {
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        if (response.destroyed || response.writableEnded) {
          reject(new Error('the reader is gone'));
          return;
        }
        if (response.write(text)) {
          resolve();
          return;
        }
        const timer = setTimeout(() => {
          response.destroy();
        }, STUCK_MS);
        const settle = (done: () => void) => () => {
          clearTimeout(timer);
          response.off('drain', drained);
          response.off('close', gone);
          done();
        };
        const drained = settle(resolve);
        const gone = settle(() => {
          reject(new Error('the reader is gone'));
        });
        response.once('drain', drained);
        response.once('close', gone);
      }),
    end: () => {
      if (!response.writableEnded) response.end();
    },
  };
}

function definedHeaders(headers: Record<string, unknown>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string | string[]] =>
        typeof entry[1] === 'string' || Array.isArray(entry[1]),
    ),
  );
}
