import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take more than 40 seconds, most of it waiting: for time-outs that mean half a minute,
 * for speech to be spoken, for whole starts. By their size they would come late, and the last of
 * them would run alone.
 */
const SLOW = [
  'start/test/front-door.test.ts',
  'engine/test/sdk-calls.test.ts',
  'engine/test/twiml-speech.test.ts',
  'start/test/checkouts.test.ts',
  'test/stories/recording.test.ts',
  'test/stories/server-dies.test.ts',
  'engine/test/endings.test.ts',
  'engine/test/media-process.test.ts',
  'engine/test/rtp-leg.test.ts',
  'engine/test/inspector.test.ts',
];

/** Slow files first, then the long ones as usual. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification) =>
      SLOW.some((path) => moduleId.endsWith(`/${path}`));
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}
