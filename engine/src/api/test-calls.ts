import { z } from 'zod';
import type { TestCalls } from '../trunk/test-calls.ts';
import type { Trunks } from '../trunk/trunks.ts';
import type { Api } from './app.ts';
import { fields } from './fields.ts';
import { ApiProblem, notFound } from './problem.ts';
import { conflict, findTrunk } from './trunks.ts';

const CREATE = {
  to: z.string().regex(/^\+\d{6,15}$/, 'is not a number in E.164, like +442079460000'),
} as const;

/** `/trunks/:sid/test-calls`: rings a number over one trunk, and says how it goes. */
export function testCallRoutes(
  scope: Api,
  { trunks, testCalls, callerId }: { trunks: Trunks; testCalls: TestCalls; callerId: string },
): void {
  scope.post<{ Params: { sid: string } }>('/trunks/:sid/test-calls', async (request, reply) => {
    const trunk = findTrunk(trunks, request);
    const { to } = fields(request.body, CREATE);
    const route = trunks.route(trunk, to, callerId);
    if (route === null) {
      const why = `no rule of ${trunk.name} fits ${to}`;
      throw new ApiProblem(400, 20_001, `Invalid parameter to: ${why}`);
    }
    const call = testCalls.start(to, route);
    if (call === null) throw conflict(`A test call over ${trunk.name} is running already`);
    return reply.code(201).send(call);
  });

  scope.get<{ Params: { sid: string; id: string } }>(
    '/trunks/:sid/test-calls/:id',
    async (request) => {
      fields(request.query, {});
      const { sid } = findTrunk(trunks, request);
      const call = testCalls.find(sid, request.params.id);
      if (call === null) throw notFound(request.url);
      return call;
    },
  );
}
