import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startMedia } from '../src/media/client.ts';
import { MediaBench } from './media-bench.ts';

let bench: MediaBench;
beforeEach(async () => {
  bench = await MediaBench.start();
});
afterEach(() => bench.close());

describe('the process', () => {
  it('tells when it dies, and fails what was asked', async () => {
    process.kill(bench.media.pid, 'SIGKILL');
    await expect(bench.media.ask('stats', {})).rejects.toMatchObject({ code: 'process_died' });
    await expect(bench.media.exited).resolves.toEqual({
      expected: false,
      code: null,
      signal: 'SIGKILL',
    });
  });

  it('does not start on a port that is taken', async () => {
    await expect(
      startMedia({ udpPort: bench.media.udpPort, logLevel: 'silent' }),
    ).rejects.toMatchObject({
      code: 'process_died',
    });
  });

  it('says how it is', async () => {
    await bench.browser('ann', 440);
    const stats = await bench.media.ask('stats', {});
    expect(stats).toMatchObject({ legs: 1, rooms: 0, recordings: 0 });
    expect(stats.tick.count).toBeGreaterThan(0);
  });

  it('refuses what it does not know', async () => {
    const leg = 'nobody';
    await expect(bench.media.ask('leg.stopPlay', { leg })).rejects.toMatchObject({
      code: 'leg_unknown',
    });
    await expect(
      bench.media.ask('record.start', {
        recording: 'x',
        room: 'x',
        left: 'x',
        path: 'x',
        minFreeBytes: 0,
      }),
    ).rejects.toMatchObject({ code: 'room_unknown' });
    await bench.media.ask('leg.close', { leg });
    await bench.media.ask('room.leave', { room: 'x', leg });
  });
});

describe('a browser that is gone', () => {
  it('is quiet at once, and lost when its consent to be sent to runs out', async () => {
    const ann = await bench.browser('ann', 440);
    ann.close();
    await bench.until('leg.quiet', { leg: 'ann' });
    await bench.until('leg.lost', { leg: 'ann' }, 40_000);
  });
});
