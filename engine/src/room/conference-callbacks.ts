import type { Outbox } from '../callback/outbox.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { CallStatus } from '../leg/call-record.ts';
import { rfc2822 } from '../times.ts';
import type {
  ConferenceEvent,
  ConferenceRecord,
  ParticipantRecord,
  ReasonParticipantLeft,
} from './conference-record.ts';

/** The names on the wire, by the word with which an application asks for them. */
export type ConferenceNews =
  | { event: 'conference-start' }
  | { event: 'conference-end'; ending: ParticipantRecord | null }
  | { event: ParticipantNews; participant: ParticipantRecord }
  | { event: 'announcement-end'; url: string; callSid: string | null }
  | { event: 'announcement-fail'; url: string; callSid: string | null; why: string }
  | {
      event: 'participant-leave';
      participant: ParticipantRecord;
      callStatus: CallStatus;
      reason: ReasonParticipantLeft;
    };
export type ParticipantNews =
  | 'participant-join'
  | 'participant-mute'
  | 'participant-unmute'
  | 'participant-hold'
  | 'participant-unhold'
  | 'participant-modify';

const ASKED_AS: Record<ConferenceNews['event'], ConferenceEvent> = {
  'conference-start': 'start',
  'conference-end': 'end',
  'participant-join': 'join',
  'participant-leave': 'leave',
  'participant-mute': 'mute',
  'participant-unmute': 'mute',
  'participant-hold': 'hold',
  'participant-unhold': 'hold',
  'participant-modify': 'modify',
  'announcement-end': 'announcement',
  'announcement-fail': 'announcement',
};

const REASON_TEXT = {
  'conference-ended-via-api': 'Conference ended via API',
  'participant-with-end-conference-on-exit-left': 'Participant with end conference on exit left',
  'participant-with-end-conference-on-exit-kicked':
    'Participant with end conference on exit was removed',
  'last-participant-left': 'Last participant left',
  'last-participant-kicked': 'Last participant was removed',
} as const;

/** Tells a conference's application what happens (https://www.twilio.com/docs/voice/twiml/conference). */
export class ConferenceCallbacks {
  readonly #outbox: Outbox;
  readonly #ledger: Ledger;
  readonly #accountSid: string;

  constructor(outbox: Outbox, ledger: Ledger, accountSid: string) {
    this.#outbox = outbox;
    this.#ledger = ledger;
    this.#accountSid = accountSid;
  }

  tell(record: ConferenceRecord, news: ConferenceNews): void {
    const callback = record.callback;
    if (callback?.events.includes(ASKED_AS[news.event]) !== true) return;
    const fields: Record<string, string> = {
      ConferenceSid: record.sid,
      FriendlyName: record.friendlyName,
      AccountSid: this.#accountSid,
      SequenceNumber: String(record.sequence),
      Timestamp: rfc2822(Date.now()),
      StatusCallbackEvent: news.event,
      ...('participant' in news ? participantFields(news.participant) : {}),
    };
    if (news.event === 'announcement-end' || news.event === 'announcement-fail') {
      fields.AnnounceUrl = news.url;
      if (news.callSid !== null) fields.CallSid = news.callSid;
      if (news.event === 'announcement-fail') fields.ReasonAnnouncementFailed = news.why;
    }
    if (news.event === 'participant-leave') {
      fields.ParticipantCallStatus = news.callStatus;
      fields.ReasonParticipantLeft = news.reason;
      fields.Reason = `Participant left: ${news.reason.replaceAll('_', ' ')}`;
    }
    if (news.event === 'conference-end' && record.reasonEnded !== null) {
      fields.ReasonConferenceEnded = record.reasonEnded;
      fields.Reason = REASON_TEXT[record.reasonEnded];
      if (record.callSidEnding !== null) fields.CallSidEndingConference = record.callSidEnding;
      const label = news.ending?.label;
      if (label) fields.ParticipantLabelEndingConference = label;
    }
    record.sequence += 1;
    this.#ledger.conferences.save(record);
    this.#outbox.send({ queue: record.sid, url: callback.url, method: callback.method, fields });
  }
}

function participantFields(record: ParticipantRecord): Record<string, string> {
  return {
    CallSid: record.callSid,
    Muted: String(record.muted),
    Hold: String(record.hold),
    Coaching: String(record.coaching),
    EndConferenceOnExit: String(record.endConferenceOnExit),
    StartConferenceOnEnter: String(record.startConferenceOnEnter),
    ...(record.callSidToCoach === null ? {} : { CallSidToCoach: record.callSidToCoach }),
    ...(record.label === null ? {} : { ParticipantLabel: record.label }),
  };
}
