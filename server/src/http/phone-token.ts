import { PhoneToken, PhoneTokenQuery } from '@offhook/contract';
import { agentIdentity } from '../carrier/identity.ts';
import { phoneToken } from '../carrier/tokens.ts';
import type { Config } from '../config/config.ts';
import { Problem } from '../problem.ts';
import type { App } from './app-type.ts';

export function phoneTokenRoutes(
  app: App,
  { carrier, demoCustomers }: Pick<Config, 'carrier' | 'demoCustomers'>,
): void {
  app.get(
    '/api/phone/token',
    {
      schema: {
        summary: 'An access token for the browser’s phone',
        querystring: PhoneTokenQuery,
        response: { 200: PhoneToken },
      },
    },
    async ({ asker, query }, reply) => {
      void reply.header('cache-control', 'no-store');
      if (query.identity === 'agent') return phoneToken(carrier, agentIdentity(asker.personId));
      const played = demoCustomers.find(({ client }) => client === query.identity);
      if (played?.client === undefined) {
        throw new Problem('request.not_found', 'There is no demo phone on this installation.');
      }
      return phoneToken(carrier, played.client);
    },
  );
}
