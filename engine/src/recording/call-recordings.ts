import type { Call } from '../leg/call.ts';
import type { Switchboard } from '../leg/switchboard.ts';
import type { LiveRecording, Recorder, RecordingAsk } from './recorder.ts';

export type CallRecordingSettings = Pick<
  RecordingAsk,
  'source' | 'channels' | 'track' | 'trim' | 'callback'
>;

/** Recordings of single calls: what the call says on the left, what it hears on the right. */
export class CallRecordings {
  readonly #recorder: Recorder;
  /** Calls that are to be recorded once they are answered. */
  readonly #wanted = new Map<string, CallRecordingSettings>();

  constructor(recorder: Recorder, switchboard: Switchboard) {
    this.#recorder = recorder;
    switchboard.onAnswered.listen((call) => {
      const settings = this.#wanted.get(call.sid);
      this.#wanted.delete(call.sid);
      if (settings) this.#startOwn(call, settings);
    });
    switchboard.onEnded.listen(({ call }) => {
      this.#wanted.delete(call.sid);
      for (const live of this.ofCall(call.sid)) live.stop();
    });
  }

  whenAnswered(call: Call, settings: CallRecordingSettings): void {
    if (call.inProgress) this.#startOwn(call, settings);
    else this.#wanted.set(call.sid, settings);
  }

  /** Null when there is nothing to record: the call is not in progress. */
  start(call: Call, settings: CallRecordingSettings): LiveRecording | null {
    const leg = call.line.mediaLeg;
    if (!call.inProgress || leg === null) return null;
    const { track } = settings;
    return this.#recorder.start({
      ...settings,
      conferenceSid: null,
      callSid: call.sid,
      tap: { leg, track },
    });
  }

  /** The one that was ordered together with the call. */
  #startOwn(call: Call, settings: CallRecordingSettings): void {
    const live = this.start(call, settings);
    if (live) call.setRecording(live.record.sid);
  }

  /** Those of the call itself that run, the newest last. */
  ofCall(callSid: string): LiveRecording[] {
    return this.#recorder
      .live()
      .filter(({ record }) => record.callSid === callSid && record.conferenceSid === null);
  }
}
