import { setTimeout as after } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Clock, Lateness } from './clock.ts';

let clock: Clock | null = null;
afterEach(() => clock?.stop());

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('the clock', () => {
  it('ticks fifty times a second, and makes up for ticks it missed', async () => {
    let ticks = 0;
    let lastTick = 0;
    clock = new Clock(() => {
      ticks++;
      lastTick = performance.now();
    });
    const start = performance.now();
    clock.start();
    clock.start();
    await after(200);
    block(150);
    await after(200);
    const expected = Math.floor((lastTick - start) / 20);
    expect(Math.abs(ticks - expected)).toBeLessThanOrEqual(1);
    clock.stop();
    const stopped = ticks;
    await after(60);
    expect(ticks).toBe(stopped);
  });

  it('leaves out what it missed in seconds of standing still, and says how much', async () => {
    const skips: number[] = [];
    let ticks = 0;
    let lastTick = 0;
    clock = new Clock((skipped) => {
      ticks++;
      lastTick = performance.now();
      skips.push(skipped);
    });
    const start = performance.now();
    clock.start();
    await after(50);
    block(2200);
    await after(100);
    const skipped = skips.reduce((sum, count) => sum + count, 0);
    expect(skipped).toBeGreaterThan(90);
    const expected = Math.floor((lastTick - start) / 20);
    expect(Math.abs(ticks + skipped - expected)).toBeLessThanOrEqual(1);
  });

  it('goes on after a tick that threw', async () => {
    let ticks = 0;
    const thrown: unknown[] = [];
    const catcher = (error: unknown): void => void thrown.push(error);
    process.prependOnceListener('uncaughtException', catcher);
    const others = process.listeners('uncaughtException').filter((one) => one !== catcher);
    for (const other of others) process.off('uncaughtException', other);
    clock = new Clock(() => {
      if (++ticks === 1) throw new Error('once');
    });
    clock.start();
    await after(100);
    for (const other of others) process.on('uncaughtException', other);
    expect(thrown).toHaveLength(1);
    expect(ticks).toBeGreaterThan(2);
  });
});

it('knows how late ticks were', () => {
  const lateness = new Lateness();
  for (let i = 1; i <= 100; i++) lateness.add(i / 10);
  expect(lateness.take()).toEqual({ count: 100, p50: 5, p99: 9.9, max: 10 });
  expect(lateness.take()).toEqual({ count: 0, p50: 0, p99: 0, max: 0 });
  lateness.add(5000);
  expect(lateness.take()).toMatchObject({ count: 1, max: 5000 });
});
