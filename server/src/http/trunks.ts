import {
  TestCall,
  TestCallRequest,
  Trunk,
  TrunkChange,
  TrunkRequest,
  TrunksAnswer,
} from '@offhook/contract';
import { z } from 'zod';
import type { Trunks } from '../trunk/trunks.ts';
import type { App } from './app-type.ts';
import { NoContent } from './no-content.ts';

const ById = z.strictObject({ id: z.string() });
const ByTestId = z.strictObject({ id: z.string(), testId: z.string() });

export function trunkRoutes(app: App, { trunks }: { trunks: Trunks }): void {
  app.get(
    '/api/trunks',
    { schema: { summary: 'SIP trunks and how they stand', response: { 200: TrunksAnswer } } },
    async ({ asker }) => trunks.list(asker),
  );

  app.post(
    '/api/trunks',
    { schema: { summary: 'Add a trunk', body: TrunkRequest, response: { 201: Trunk } } },
    async ({ asker, body }, reply) => reply.code(201).send(await trunks.make(asker, body)),
  );

  app.get(
    '/api/trunks/:id',
    { schema: { summary: 'One trunk', params: ById, response: { 200: Trunk } } },
    async ({ asker, params }) => trunks.get(asker, params.id),
  );

  app.patch(
    '/api/trunks/:id',
    {
      schema: {
        summary: 'Change a trunk',
        params: ById,
        body: TrunkChange,
        response: { 200: Trunk },
      },
    },
    async ({ asker, params, body }) => trunks.change(asker, params.id, body),
  );

  app.delete(
    '/api/trunks/:id',
    { schema: { summary: 'Delete a trunk', params: ById, response: { 204: NoContent } } },
    async ({ asker, params }, reply) => {
      await trunks.remove(asker, params.id);
      return reply.code(204).send();
    },
  );

  testCallRoutes(app, trunks);
}

function testCallRoutes(app: App, trunks: Trunks): void {
  app.post(
    '/api/trunks/:id/test-calls',
    {
      schema: {
        summary: 'Ring a number over this trunk alone, and listen',
        params: ById,
        body: TestCallRequest,
        response: { 201: TestCall },
      },
    },
    async ({ asker, params, body }, reply) =>
      reply.code(201).send(await trunks.startTest(asker, params.id, body.to)),
  );

  app.get(
    '/api/trunks/:id/test-calls/:testId',
    {
      schema: {
        summary: 'How far a test call has come',
        params: ByTestId,
        response: { 200: TestCall },
      },
    },
    async ({ asker, params }) => trunks.test(asker, params.id, params.testId),
  );
}
