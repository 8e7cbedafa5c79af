import { Call, CallDetail, CallRequest, HangupRequest } from '@offhook/contract';
import { z } from 'zod';
import type { CallDesk } from '../call-desk.ts';
import type { App } from './app-type.ts';

const ById = z.strictObject({ id: z.string().min(1).max(64) });

/** Loose: the other headers are not ours to judge. */
const IdempotencyHeader = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 printable characters')
    .optional(),
});

export function callRoutes(app: App, { desk }: { desk: CallDesk }): void {
  app.post(
    '/api/calls',
    {
      schema: {
        summary: 'Call a number',
        headers: IdempotencyHeader,
        body: CallRequest,
        response: { 200: Call, 201: Call },
      },
    },
    async ({ asker, body, headers }, reply) => {
      const key = headers['idempotency-key'] ?? null;
      const { call, isNew } = await desk.begin(asker, body, key);
      return reply.code(isNew ? 201 : 200).send(call);
    },
  );

  app.get(
    '/api/calls/:id',
    {
      schema: {
        summary: 'One call with its timeline and recording',
        params: ById,
        response: { 200: CallDetail },
      },
    },
    async ({ asker, params }) => desk.detail(asker, params.id),
  );

  app.post(
    '/api/calls/:id/hangup',
    {
      schema: {
        summary: 'End a call',
        params: ById,
        // No body at all reads as null.
        body: HangupRequest.nullable(),
        response: { 200: Call },
      },
    },
    async ({ asker, params }) => desk.hangUp(asker, params.id),
  );
}
