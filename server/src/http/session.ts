import { Session, SetupRequest, SignInRequest } from '@offhook/contract';
import type { Sessions } from '../person/sessions.ts';
import type { Setup } from '../person/setup.ts';
import type { App } from './app-type.ts';
import type { Attempts } from './attempts.ts';
import { NoContent } from './no-content.ts';
import type { SessionAnswer } from './session-answer.ts';
import { isLocal, visitorOf } from './visitor.ts';

export interface SessionHouse {
  sessions: Sessions;
  setup: Setup;
  attempts: Attempts;
  sessionAnswer: SessionAnswer;
}

export function sessionRoutes(app: App, house: SessionHouse): void {
  const { sessions, setup, attempts, sessionAnswer } = house;
  const config = { public: true };

  app.get(
    '/api/session',
    { config, schema: { summary: 'Who is signed in', response: { 200: Session } } },
    async (request) => sessionAnswer(request, request.askerOrNull),
  );

  app.post(
    '/api/setup',
    {
      config,
      schema: {
        summary: 'Make the first administrator and sign in',
        body: SetupRequest,
        response: { 201: Session },
      },
    },
    async (request, reply) => {
      await attempts.count(request);
      await setup.make(request.body, isLocal(request));
      const { email, password } = request.body;
      const { asker, setCookies } = await sessions.signIn(email, password, visitorOf(request));
      return reply
        .code(201)
        .header('set-cookie', setCookies)
        .send(await sessionAnswer(request, asker));
    },
  );

  app.post(
    '/api/sign-in',
    {
      config,
      schema: { summary: 'Sign in', body: SignInRequest, response: { 200: Session } },
    },
    async (request, reply) => {
      const { email, password } = request.body;
      await attempts.count(request);
      await attempts.countFor(request, email);
      const { asker, setCookies } = await sessions.signIn(email, password, visitorOf(request));
      return reply.header('set-cookie', setCookies).send(await sessionAnswer(request, asker));
    },
  );

  app.post(
    '/api/sign-out',
    { config, schema: { summary: 'Sign out', response: { 204: NoContent } } },
    async (request, reply) => {
      const setCookies = await sessions.signOut(visitorOf(request));
      return reply.code(204).header('set-cookie', setCookies).send();
    },
  );
}
