import { Team, TeamRequest, TeamsAnswer } from '@offhook/contract';
import type { Teams } from '../person/teams.ts';
import type { App } from './app-type.ts';

export function teamRoutes(app: App, { teams }: { teams: Teams }): void {
  app.get(
    '/api/teams',
    { schema: { summary: 'Teams one may see', response: { 200: TeamsAnswer } } },
    async ({ asker }) => ({ teams: await teams.list(asker) }),
  );

  app.post(
    '/api/teams',
    { schema: { summary: 'Make a team', body: TeamRequest, response: { 201: Team } } },
    async ({ asker, body }, reply) => reply.code(201).send(await teams.make(asker, body.name)),
  );
}
