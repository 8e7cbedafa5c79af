import { readFile } from 'node:fs/promises';
import formbody from '@fastify/formbody';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CarrierDesk } from '../carrier/desk.ts';
import { CallbackForm } from '../carrier/payload.ts';
import { Problem } from '../problem.ts';
import type { App } from './app-type.ts';

/** Carriers send whatever fields they like, now or next year. */
const OfCall = z.object({ call: z.string().max(64) });
/** Only where we rang an agent's SIP phone; browsers' legs ask the application's bare address. */
const OfCallOrNot = OfCall.partial();
const OfLeg = OfCall.extend({ leg: z.string().max(64) });
const SoundName = z.strictObject({ name: z.string().regex(/^[a-z0-9-]+\.wav$/) });

const SOUNDS = new URL('../carrier/sounds/', import.meta.url);

/** What the carrier asks and tells us. Nothing here works without its signature, but the sounds. */
export async function carrierRoutes(app: App, { desk }: { desk: CarrierDesk }): Promise<void> {
  await app.register(async (scope: App) => {
    await scope.register(formbody);
    scope.addHook('preHandler', async (request) => {
      checkSignature(request, desk);
    });

    scope.post(
      '/carrier/voice',
      { schema: { querystring: OfCallOrNot, body: CallbackForm } },
      async ({ query, body }, reply) =>
        reply.type('text/xml').send(await desk.voice(body, query.call ?? null)),
    );

    scope.route({
      method: ['GET', 'POST'],
      url: '/carrier/wait',
      handler: async (_request, reply) => reply.type('text/xml').send(desk.wait()),
    });

    scope.route({
      method: ['GET', 'POST'],
      url: '/carrier/hold',
      handler: async (_request, reply) => reply.type('text/xml').send(desk.hold()),
    });

    scope.post(
      '/carrier/leg',
      { schema: { querystring: OfLeg, body: CallbackForm } },
      async ({ query, body }, reply) => {
        await desk.leg(query.call, query.leg, body);
        return reply.code(204).send();
      },
    );

    scope.post(
      '/carrier/conference',
      { schema: { querystring: OfCall, body: CallbackForm } },
      async ({ query, body }, reply) => {
        await desk.conference(query.call, body);
        return reply.code(204).send();
      },
    );

    scope.post(
      '/carrier/recording',
      { schema: { querystring: OfCall, body: CallbackForm } },
      async ({ query, body }, reply) => {
        await desk.recording(query.call, body);
        return reply.code(204).send();
      },
    );
  });

  app.get('/carrier/sounds/:name', { schema: { params: SoundName } }, async ({ params }, reply) => {
    const sound = await readSound(params.name);
    return reply.type('audio/wav').header('cache-control', 'public, max-age=86400').send(sound);
  });
}

function checkSignature(request: FastifyRequest, desk: CarrierDesk): void {
  const signature = request.headers['x-twilio-signature'];
  const form = CallbackForm.safeParse(request.body ?? {});
  // `raw.url` is the path and query exactly as they were asked for: that is what is signed.
  if (form.success && desk.isGenuine(signature, request.raw.url ?? '', form.data)) return;
  request.log.warn({ route: request.routeOptions.url }, 'a forged or unsigned callback');
  throw new Problem('carrier.forged', 'This request is not signed by the carrier.');
}

async function readSound(name: string): Promise<Buffer> {
  try {
    return await readFile(new URL(name, SOUNDS));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Problem('request.not_found', 'There is no such sound.');
    }
    throw error;
  }
}
