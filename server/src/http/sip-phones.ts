import { SipPhone, SipPhoneCreated } from '@offhook/contract';
import { z } from 'zod';
import type { SipPhones } from '../person/sip-phones.ts';
import type { App } from './app-type.ts';
import { NoContent } from './no-content.ts';

const ById = z.strictObject({ id: z.string() });

export function sipPhoneRoutes(app: App, { sipPhones }: { sipPhones: SipPhones }): void {
  app.get(
    '/api/people/:id/sip-phone',
    {
      schema: {
        summary: 'What is typed into a person’s SIP phone',
        params: ById,
        response: { 200: SipPhone },
      },
    },
    async ({ asker, params, hostname }) => sipPhones.get(asker, params.id, hostname),
  );

  app.post(
    '/api/people/:id/sip-phone',
    {
      schema: {
        summary: 'Call with a SIP phone from now on, or give it a new password',
        params: ById,
        response: { 201: SipPhoneCreated },
      },
    },
    async ({ asker, params, hostname }, reply) =>
      reply
        .code(201)
        .header('cache-control', 'no-store')
        .send(await sipPhones.give(asker, params.id, hostname)),
  );

  app.delete(
    '/api/people/:id/sip-phone',
    {
      schema: {
        summary: 'Call with the browser again',
        params: ById,
        response: { 204: NoContent },
      },
    },
    async ({ asker, params }, reply) => {
      await sipPhones.take(asker, params.id);
      return reply.code(204).send();
    },
  );
}
