import { InvitationCreated, PeopleAnswer, Person, PersonChange } from '@offhook/contract';
import { z } from 'zod';
import type { Invitations } from '../person/invitations.ts';
import type { People } from '../person/people.ts';
import type { App } from './app-type.ts';

const ById = z.strictObject({ id: z.string() });

export function peopleRoutes(
  app: App,
  { people, invitations }: { people: People; invitations: Invitations },
): void {
  app.get(
    '/api/people',
    { schema: { summary: 'People one may see', response: { 200: PeopleAnswer } } },
    async ({ asker }) => ({ people: await people.list(asker) }),
  );

  app.patch(
    '/api/people/:id',
    {
      schema: {
        summary: 'Change a name, role or team; deactivate',
        params: ById,
        body: PersonChange,
        response: { 200: Person },
      },
    },
    async ({ asker, params, body }) => people.change(asker, params.id, body),
  );

  app.post(
    '/api/people/:id/password-link',
    {
      schema: {
        summary: 'Make a link that sets a new password',
        params: ById,
        response: { 201: InvitationCreated },
      },
    },
    async ({ asker, params }, reply) =>
      reply.code(201).send(await invitations.passwordLink(asker, params.id)),
  );
}
