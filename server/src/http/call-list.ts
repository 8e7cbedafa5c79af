import { CallsAnswer, CallsQuery } from '@offhook/contract';
import type { Kysely } from 'kysely';
import type { Database } from '../db/schema.ts';
import { listCalls } from '../report/call-list.ts';
import type { App } from './app.ts';

export function callListRoutes(app: App, { db }: { db: Kysely<Database> }): void {
  app.get(
    '/api/calls',
    {
      schema: {
        summary: 'Calls, newest first',
        querystring: CallsQuery,
        response: { 200: CallsAnswer },
      },
    },
    async (request) => listCalls(db, request.query, request.asker),
  );
}
