import type { Logger } from 'pino';
import { MediaFailure } from './failure.ts';
import type { Commands, Events, RecordEnd } from './protocol.ts';
import { Recorder } from './recording/recorder.ts';

/** All recordings of the process by their names, until somebody has asked for their end. */
export class Recordings {
  readonly #failed: (failure: Events['record.failed']) => void;
  readonly #log: Logger;
  readonly #recorders = new Map<string, Recorder>();

  constructor(failed: (failure: Events['record.failed']) => void, log: Logger) {
    this.#failed = failed;
    this.#log = log;
  }

  get size(): number {
    return this.#recorders.size;
  }

  /** @throws MediaFailure internal when there is one of that name */
  start(ask: Commands['record.start']['ask']): Recorder {
    const { recording } = ask;
    if (this.#recorders.has(recording)) {
      throw new MediaFailure('internal', `there is a recording ${recording} already`);
    }
    const recorder = new Recorder(ask, (problem, err) => {
      this.#log.error({ recording, problem, err }, 'recording stopped, the call goes on');
      this.#failed({ recording, problem });
    });
    this.#recorders.set(recording, recorder);
    return recorder;
  }

  /** @throws MediaFailure recording_unknown */
  get(recording: string): Recorder {
    const recorder = this.#recorders.get(recording);
    if (recorder === undefined) {
      throw new MediaFailure('recording_unknown', `no recording ${recording}`);
    }
    return recorder;
  }

  /** @throws MediaFailure recording_unknown */
  async stop(recording: string): Promise<RecordEnd> {
    const end = await this.get(recording).stop();
    this.#recorders.delete(recording);
    return end;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#recorders.values()].map((recorder) => recorder.stop()));
  }
}
