import type { Outbox } from '../callback/outbox.ts';
import { rfc2822, wholeSeconds } from '../times.ts';
import type { RecordingEvent, RecordingRecord } from './recording-record.ts';

/** Tells an application about its recordings (https://www.twilio.com/docs/voice/twiml/conference). */
export class RecordingCallbacks {
  readonly #outbox: Outbox;
  readonly #accountSid: string;
  /** Base of this engine's REST API, known once it listens. */
  readonly #apiBase: () => string;

  constructor(outbox: Outbox, accountSid: string, apiBase: () => string) {
    this.#outbox = outbox;
    this.#accountSid = accountSid;
    this.#apiBase = apiBase;
  }

  /** Where the recording can be had. */
  urlOf({ sid }: Pick<RecordingRecord, 'sid'>): string {
    return `${this.#apiBase()}/2010-04-01/Accounts/${this.#accountSid}/Recordings/${sid}`;
  }

  tell(record: RecordingRecord, event: RecordingEvent): void {
    const callback = record.callback;
    if (callback?.events.includes(event) !== true) return;
    const fields: Record<string, string> = {
      AccountSid: this.#accountSid,
      ...(record.conferenceSid === null
        ? { CallSid: record.callSid, RecordingTrack: record.track }
        : { ConferenceSid: record.conferenceSid }),
      RecordingSid: record.sid,
      RecordingUrl: this.urlOf(record),
      RecordingStatus: event,
      RecordingChannels: String(record.channels),
      RecordingSource: record.source,
      ErrorCode: String(record.errorCode ?? 0),
    };
    if (record.startedAt !== null) fields.RecordingStartTime = rfc2822(record.startedAt);
    if (record.durationMs !== null)
      fields.RecordingDuration = String(wholeSeconds(record.durationMs));
    this.#outbox.send({ queue: record.sid, url: callback.url, method: callback.method, fields });
  }
}
