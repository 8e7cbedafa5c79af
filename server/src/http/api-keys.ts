import { ApiKeyCreated, ApiKeyRequest, ApiKeysAnswer } from '@offhook/contract';
import { z } from 'zod';
import type { ApiKeys } from '../person/api-keys.ts';
import type { App } from './app-type.ts';
import { NoContent } from './no-content.ts';

export function apiKeyRoutes(app: App, { apiKeys }: { apiKeys: ApiKeys }): void {
  app.get(
    '/api/api-keys',
    { schema: { summary: 'One’s own API keys', response: { 200: ApiKeysAnswer } } },
    async ({ asker }) => ({ apiKeys: await apiKeys.list(asker.personId) }),
  );

  app.post(
    '/api/api-keys',
    {
      schema: {
        summary: 'Make an API key; it is shown this once',
        body: ApiKeyRequest,
        response: { 201: ApiKeyCreated },
      },
    },
    async ({ asker, body }, reply) =>
      reply.code(201).send(await apiKeys.make(asker.personId, body.name)),
  );

  app.delete(
    '/api/api-keys/:id',
    {
      schema: {
        summary: 'Delete an API key',
        params: z.strictObject({ id: z.string() }),
        response: { 204: NoContent },
      },
    },
    async ({ asker, params }, reply) => {
      await apiKeys.remove(asker.personId, params.id);
      return reply.code(204).send();
    },
  );
}
