import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../problem.ts';
import type { App } from './app-type.ts';

/** Slows down whoever guesses. Both throw `request.rate_limited`. */
export interface Attempts {
  /** Sign-in, set-up and links, by address: a whole office may be behind one. */
  count(request: FastifyRequest): Promise<void>;
  /** Sign-in, by address and account. */
  countFor(request: FastifyRequest, account: string): Promise<void>;
}

const PER_ADDRESS_A_MINUTE = 60;
const PER_ACCOUNT_A_MINUTE = 10;

export async function limitAttempts(app: App): Promise<Attempts> {
  await app.register(rateLimit, { global: false });
  const accounts = new WeakMap<FastifyRequest, string>();
  const byAddress = app.createRateLimit({ max: PER_ADDRESS_A_MINUTE, timeWindow: '1 minute' });
  const byAccount = app.createRateLimit({
    max: PER_ACCOUNT_A_MINUTE,
    timeWindow: '1 minute',
    keyGenerator: (request) => `${request.ip} ${accounts.get(request) ?? ''}`,
  });

  async function check(limit: typeof byAddress, request: FastifyRequest): Promise<void> {
    const result = await limit(request);
    if (!result.isAllowed && result.isExceeded) {
      throw new Problem(
        'request.rate_limited',
        `Too many attempts. Please wait ${result.ttlInSeconds} seconds and try again.`,
      );
    }
  }
  return {
    count: (request) => check(byAddress, request),
    countFor: async (request, account) => {
      accounts.set(request, account);
      await check(byAccount, request);
    },
  };
}
