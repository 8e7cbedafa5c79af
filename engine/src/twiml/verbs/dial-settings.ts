import type { LiveRecording } from '../../recording/recorder.ts';
import type { RecordingCallback, RecordingTrack } from '../../recording/recording-record.ts';
import type { Call } from '../../leg/call.ts';
import type { VerbTools } from '../verb.ts';

export interface DialSettings {
  /** How long each of the called may ring. */
  timeoutMs: number;
  /** How long the conversation may last. */
  limitMs: number;
  callerId: string | undefined;
  /** The caller's own call is answered only when somebody else is on the line. */
  answerOnBridge: boolean;
  hangUpOnStar: boolean;
  record: DialRecord | null;
}

/** <Dial record>: the caller on the left, what the caller hears on the right. */
export interface DialRecord {
  from: 'answer' | 'ringing';
  channels: 1 | 2;
  track: RecordingTrack;
  trim: boolean;
  callback: RecordingCallback | null;
}

/** One recording of a <Dial>, from the moment that its settings name. */
export class DialRecording {
  readonly #call: Call;
  readonly #record: DialRecord | null;
  readonly #tools: Pick<VerbTools, 'recorder' | 'recordingUrl'>;
  #live: LiveRecording | null = null;

  constructor(call: Call, record: DialRecord | null, tools: VerbTools) {
    this.#call = call;
    this.#record = record;
    this.#tools = tools;
  }

  /** Starts it, if this is the moment; a caller who is not answered yet has nothing to record. */
  at(moment: DialRecord['from']): void {
    const { sid, line, inProgress } = this.#call;
    if (this.#record === null || this.#live !== null || !inProgress) return;
    const { from, ...record } = this.#record;
    const leg = line.mediaLeg;
    if (leg === null || (moment === 'ringing' && from === 'answer')) return;
    const tap = { leg, track: record.track };
    const about = { conferenceSid: null, callSid: sid, source: 'DialVerb' } as const;
    this.#live = this.#tools.recorder.start({ ...about, ...record, tap });
  }

  /** Ends it; what the application is told about it. */
  async end(): Promise<Record<string, string>> {
    const live = this.#live;
    if (live === null) return {};
    live.stop();
    await live.finished;
    const { record } = live;
    if (record.status !== 'completed') return {};
    return { RecordingSid: record.sid, RecordingUrl: this.#tools.recordingUrl(record) };
  }
}
