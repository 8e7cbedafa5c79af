import { JoinAnswer, JoinRequest, Session } from '@offhook/contract';
import { z } from 'zod';
import type { Invitations } from '../person/invitations.ts';
import type { Sessions } from '../person/sessions.ts';
import type { App } from './app-type.ts';
import type { Attempts } from './attempts.ts';
import type { SessionAnswer } from './session-answer.ts';
import { visitorOf } from './visitor.ts';

export interface JoinHouse {
  invitations: Invitations;
  sessions: Sessions;
  attempts: Attempts;
  sessionAnswer: SessionAnswer;
}

const BySecret = z.strictObject({ secret: z.string().max(100) });

export function joinRoutes(app: App, house: JoinHouse): void {
  const { invitations, sessions, attempts, sessionAnswer } = house;

  app.get(
    '/api/join/:secret',
    {
      config: { public: true },
      schema: { summary: 'What a link is for', params: BySecret, response: { 200: JoinAnswer } },
    },
    async (request) => {
      await attempts.count(request);
      return invitations.look(request.params.secret);
    },
  );

  app.post(
    '/api/join/:secret',
    {
      config: { public: true },
      schema: {
        summary: 'Use a link: join, or set a new password; signs in',
        params: BySecret,
        body: JoinRequest,
        response: { 200: Session },
      },
    },
    async (request, reply) => {
      await attempts.count(request);
      const { email } = await invitations.redeem(request.params.secret, request.body);
      const { asker, setCookies } = await sessions.signIn(
        email,
        request.body.password,
        visitorOf(request),
      );
      return reply.header('set-cookie', setCookies).send(await sessionAnswer(request, asker));
    },
  );
}
