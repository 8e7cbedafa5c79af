import swagger from '@fastify/swagger';
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { App } from './app-type.ts';

/**
 * Describes the API from the very schemas that check requests and answers. Must be registered
 * before the routes it describes.
 */
export async function installOpenApi(app: App, publicUrl: string): Promise<void> {
  const transform = createJsonSchemaTransform({
    zodToJsonConfig: { target: 'draft-2020-12' },
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Offhook',
        version: '1',
        description:
          'Calls from the browser to the phone, recorded. Errors carry a stable code; lists are newest first.',
      },
      servers: [{ url: publicUrl }],
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: sessionCookie(publicUrl) },
          apiKey: { type: 'http', scheme: 'bearer', description: 'offhook_…' },
        },
      },
      security: [{ session: [] }, { apiKey: [] }],
    },
    transform: (route) => {
      const transformed = transform(route);
      const hidden = !route.url.startsWith('/api/') || route.schema?.hide === true;
      const open = route.route.config?.public === true ? { security: [] } : {};
      return { ...transformed, schema: { ...transformed.schema, ...open, hide: hidden } };
    },
  });
}

/** After all others. */
export function openApiRoute(app: App): void {
  app.get(
    '/api/openapi.json',
    {
      schema: {
        summary: 'This description',
        response: { 200: z.record(z.string(), z.unknown()) },
      },
    },
    async () => ({ ...app.swagger() }),
  );
}

function sessionCookie(publicUrl: string): string {
  return `${publicUrl.startsWith('https:') ? '__Secure-' : ''}offhook.session_token`;
}
