import type { Outbox } from '../callback/outbox.ts';
import type { Ledger } from '../journal/ledger.ts';
import { rfc2822, wholeSeconds } from '../times.ts';
import type { CallEvent, CallRecord, CallStatus } from './call-record.ts';

export const API_VERSION = '2010-04-01';

/** The fields that come with everything Twilio tells an application about a call. */
export function callFields(record: CallRecord, accountSid: string): Record<string, string> {
  return {
    CallSid: record.sid,
    AccountSid: accountSid,
    From: record.from,
    To: record.to,
    Caller: record.from,
    Called: record.to,
    CallStatus: record.status,
    ApiVersion: API_VERSION,
    Direction: record.direction,
    ...(record.parentCallSid === null ? {} : { ParentCallSid: record.parentCallSid }),
  };
}

export function callDurationSeconds(record: CallRecord): number | null {
  if (record.endedAt === null) return null;
  return record.answeredAt === null ? 0 : wholeSeconds(record.endedAt - record.answeredAt);
}

/** Tells a call's application how it goes (https://www.twilio.com/docs/voice/api/call-resource). */
export class CallCallbacks {
  readonly #outbox: Outbox;
  readonly #ledger: Ledger;
  readonly #accountSid: string;
  readonly #recordingUrl: (recording: { sid: string }) => string;

  /** `recordingUrl`: where a recording can be had. */
  constructor(
    outbox: Outbox,
    ledger: Ledger,
    accountSid: string,
    recordingUrl: (recording: { sid: string }) => string,
  ) {
    this.#outbox = outbox;
    this.#ledger = ledger;
    this.#accountSid = accountSid;
    this.#recordingUrl = recordingUrl;
  }

  tell(record: CallRecord, event: CallEvent): void {
    const callback = record.callback;
    if (callback?.events.includes(event) !== true) return;
    // "initiated" speaks of a call that is still queued, in the word Twilio has for it.
    const status: CallStatus | 'initiated' = event === 'initiated' ? 'initiated' : record.status;
    const fields: Record<string, string> = {
      ...callFields(record, this.#accountSid),
      CallStatus: status,
      CallbackSource: 'call-progress-events',
      SequenceNumber: String(record.sequence),
      Timestamp: rfc2822(Date.now()),
    };
    if (event === 'completed') {
      const seconds = callDurationSeconds(record) ?? 0;
      fields.CallDuration = String(seconds);
      fields.Duration = String(Math.ceil(seconds / 60));
      fields.SipResponseCode = String(record.sipCode ?? 200);
      // It is not encoded yet: how long it is, its own callback tells.
      if (record.recordingSid !== undefined) {
        fields.RecordingSid = record.recordingSid;
        fields.RecordingUrl = this.#recordingUrl({ sid: record.recordingSid });
      }
    }
    record.sequence += 1;
    this.#ledger.calls.save(record);
    this.#outbox.send({ queue: record.sid, url: callback.url, method: callback.method, fields });
  }
}
