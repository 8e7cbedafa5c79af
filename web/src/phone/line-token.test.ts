import { expect, it } from 'vitest';
import { LineToken } from './line-token.ts';

function tokens(ttlSeconds: number) {
  const clock = { now: 0 };
  let made = 0;
  const token = new LineToken(
    async () => ({ token: `t${(made += 1)}`, identity: 'agent_1', ttlSeconds }),
    () => clock.now,
  );
  return { token, clock };
}

it('fetches one token and keeps it while it lasts', async () => {
  const { token, clock } = tokens(3600);
  expect(await token.fresh()).toBe('t1');
  clock.now = 3_500_000;
  expect(await token.fresh()).toBe('t1');
});

it('fetches another when the old one is about to expire', async () => {
  const { token, clock } = tokens(3600);
  await token.fresh();
  clock.now = 3_560_000;
  expect(await token.fresh()).toBe('t2');
});

it('asks once for those who ask together', async () => {
  const { token } = tokens(3600);
  expect(await Promise.all([token.renew(), token.renew()])).toEqual(['t1', 't1']);
});

it('does not think that a token just fetched gets better by another', async () => {
  const { token, clock } = tokens(3600);
  expect(token.worthRenewing).toBe(true);
  await token.fresh();
  expect(token.worthRenewing).toBe(false);
  clock.now = 5_000;
  expect(token.worthRenewing).toBe(true);
});
