import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/support/slow-first.ts';

/**
 * unit: one folder's code, no processes. stories: the real server, engine and PostgreSQL, told as
 * calls. browser: the same with Chromium and sound. They run in this order. Forks, because native WebRTC aborts V8 in
 * worker threads.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    // Stories mostly wait for sound: two cores carry three of them.
    maxWorkers: 3,
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['{contract,server,start,web,engine}/src/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'stories',
          sequence: { groupOrder: 1 },
          include: [
            'test/stories/**/*.test.ts',
            'engine/test/**/*.test.ts',
            'server/test/**/*.test.ts',
            'start/test/**/*.test.ts',
          ],
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          sequence: { groupOrder: 2 },
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          // A page with sound takes most of a core.
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
