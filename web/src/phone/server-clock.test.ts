import { expect, it } from 'vitest';
import { ServerClock } from './server-clock.ts';

it('follows the freshest event it has heard', () => {
  const local = { now: Date.parse('2026-11-22T20:00:10.000Z') };
  const clock = new ServerClock(() => local.now);
  expect(clock.now()).toBe(local.now);
  clock.heard('2026-11-22T20:00:00.000Z'); // a replay: ten seconds late
  clock.heard('2026-11-22T20:00:12.000Z'); // fresh: this browser's clock is slow
  clock.heard('2026-11-22T20:00:03.000Z');
  expect(new Date(clock.now()).toISOString()).toBe('2026-11-22T20:00:12.000Z');
});
