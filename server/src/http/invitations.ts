import { InvitationCreated, InvitationRequest, InvitationsAnswer } from '@offhook/contract';
import { z } from 'zod';
import type { Invitations } from '../person/invitations.ts';
import type { App } from './app-type.ts';
import { NoContent } from './no-content.ts';

export function invitationRoutes(app: App, { invitations }: { invitations: Invitations }): void {
  app.get(
    '/api/invitations',
    { schema: { summary: 'Invitations still open', response: { 200: InvitationsAnswer } } },
    async ({ asker }) => ({ invitations: await invitations.list(asker) }),
  );

  app.post(
    '/api/invitations',
    {
      schema: {
        summary: 'Invite somebody',
        body: InvitationRequest,
        response: { 201: InvitationCreated },
      },
    },
    async ({ asker, body }, reply) => reply.code(201).send(await invitations.invite(asker, body)),
  );

  app.delete(
    '/api/invitations/:id',
    {
      schema: {
        summary: 'Withdraw an invitation',
        params: z.strictObject({ id: z.string() }),
        response: { 204: NoContent },
      },
    },
    async ({ asker, params }, reply) => {
      await invitations.withdraw(asker, params.id);
      return reply.code(204).send();
    },
  );
}
