import { NumberAnswer, NumberQuery } from '@offhook/contract';
import { dialProblem } from '../call/dial-rules.ts';
import type { Config } from '../config/config.ts';
import { readNumber } from '../number/read-number.ts';
import type { App } from './app-type.ts';

export function numberRoutes(
  app: App,
  { dialling, demoCustomers }: Pick<Config, 'dialling' | 'demoCustomers'>,
): void {
  app.get(
    '/api/numbers',
    {
      schema: {
        summary: 'What a number is, and whether it may be dialled',
        querystring: NumberQuery,
        response: { 200: NumberAnswer },
      },
    },
    async ({ query }): Promise<NumberAnswer> => {
      const read = readNumber(query.text, dialling.country);
      return {
        e164: read.e164,
        national: read.national,
        international: read.international,
        country: read.country,
        description: read.description,
        name: demoCustomers.find(({ number }) => number === read.e164)?.name ?? null,
        problem: dialProblem(read, dialling),
      };
    },
  );
}
