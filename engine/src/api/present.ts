import { API_VERSION, callDurationSeconds } from '../leg/call-callbacks.ts';
import { isFinal, type CallRecord } from '../leg/call-record.ts';
import type { ApplicationRecord, NumberRecord, VoiceSettings } from '../account/account-record.ts';
import type { NoticeRecord } from '../notice/notice-record.ts';
import type { ConferenceRecord, ParticipantRecord } from '../room/conference-record.ts';
import type { Queue, Waiting } from '../queue/queue.ts';
import type { RecordingRecord } from '../recording/recording-record.ts';
import { rfc2822, rfc2822OrNull, wholeSeconds } from '../times.ts';
import { SipPresenter } from './present-sip.ts';

function voice(record: VoiceSettings): Record<string, unknown> {
  return {
    status_callback: record.statusCallback,
    status_callback_method: record.statusCallbackMethod,
    voice_caller_id_lookup: false,
    voice_fallback_method: record.voiceFallbackMethod,
    voice_fallback_url: record.voiceFallbackUrl,
    voice_method: record.voiceMethod,
    voice_url: record.voiceUrl,
  };
}

/** The resources as twilio_api_v2010.json describes them. */
export class Presenter {
  readonly sip: SipPresenter;
  readonly #account: string;
  readonly #apiBase: () => string;

  constructor(accountSid: string, apiBase: () => string) {
    this.#account = accountSid;
    this.#apiBase = apiBase;
    this.sip = new SipPresenter(accountSid, (rest) => this.path(rest));
  }

  path(rest: string): string {
    return `/${API_VERSION}/Accounts/${this.#account}${rest}`;
  }

  /** `since`: when it was made. */
  account(since: number | null): Record<string, unknown> {
    return {
      sid: this.#account,
      owner_account_sid: this.#account,
      friendly_name: 'Offhook',
      type: 'Full',
      status: 'active',
      // Whoever asks with it has it, and whoever asks with an API key is not to have it.
      auth_token: null,
      date_created: rfc2822OrNull(since),
      date_updated: rfc2822OrNull(since),
      uri: this.path('.json'),
      subresource_uris: {
        applications: this.path('/Applications.json'),
        calls: this.path('/Calls.json'),
        conferences: this.path('/Conferences.json'),
        incoming_phone_numbers: this.path('/IncomingPhoneNumbers.json'),
        notifications: this.path('/Notifications.json'),
        queues: this.path('/Queues.json'),
        recordings: this.path('/Recordings.json'),
      },
    };
  }

  call(record: CallRecord): Record<string, unknown> {
    const own = this.path(`/Calls/${record.sid}`);
    const duration = callDurationSeconds(record);
    return {
      sid: record.sid,
      date_created: rfc2822(record.createdAt),
      date_updated: rfc2822(record.updatedAt),
      parent_call_sid: record.parentCallSid,
      account_sid: this.#account,
      to: record.to,
      to_formatted: record.to,
      from: record.from,
      from_formatted: record.from,
      phone_number_sid: null,
      status: record.status,
      start_time: rfc2822OrNull(
        record.answeredAt ?? (isFinal(record.status) ? record.createdAt : null),
      ),
      end_time: rfc2822OrNull(record.endedAt),
      duration: duration === null ? null : String(duration),
      price: null,
      price_unit: 'USD',
      direction: record.direction,
      answered_by: null,
      api_version: API_VERSION,
      forwarded_from: null,
      group_sid: null,
      caller_name: null,
      queue_time: '0',
      trunk_sid: null,
      uri: `${own}.json`,
      subresource_uris: {
        notifications: `${own}/Notifications.json`,
        recordings: `${own}/Recordings.json`,
      },
    };
  }

  application(record: ApplicationRecord): Record<string, unknown> {
    return {
      account_sid: this.#account,
      api_version: API_VERSION,
      date_created: rfc2822(record.createdAt),
      date_updated: rfc2822(record.updatedAt),
      friendly_name: record.friendlyName,
      message_status_callback: null,
      sid: record.sid,
      sms_fallback_method: 'POST',
      sms_fallback_url: null,
      sms_method: 'POST',
      sms_status_callback: null,
      sms_url: null,
      ...voice(record),
      uri: this.path(`/Applications/${record.sid}.json`),
      public_application_connect_enabled: false,
    };
  }

  number(record: NumberRecord): Record<string, unknown> {
    return {
      account_sid: this.#account,
      address_sid: null,
      address_requirements: 'none',
      api_version: API_VERSION,
      beta: false,
      capabilities: { voice: true, sms: false, mms: false, fax: false },
      date_created: rfc2822(record.createdAt),
      date_updated: rfc2822(record.updatedAt),
      friendly_name: record.friendlyName,
      identity_sid: null,
      phone_number: record.phoneNumber,
      origin: 'hosted',
      sid: record.sid,
      sms_application_sid: null,
      sms_fallback_method: 'POST',
      sms_fallback_url: null,
      sms_method: 'POST',
      sms_url: null,
      trunk_sid: null,
      uri: this.path(`/IncomingPhoneNumbers/${record.sid}.json`),
      voice_receive_mode: 'voice',
      voice_application_sid: record.voiceApplicationSid,
      ...voice(record),
      emergency_status: 'Inactive',
      emergency_address_sid: null,
      emergency_address_status: 'unregistered',
      bundle_sid: null,
      status: 'in-use',
      type: null,
    };
  }

  conference(record: ConferenceRecord): Record<string, unknown> {
    const own = this.path(`/Conferences/${record.sid}`);
    return {
      account_sid: this.#account,
      date_created: rfc2822(record.createdAt),
      date_updated: rfc2822(record.updatedAt),
      api_version: API_VERSION,
      friendly_name: record.friendlyName,
      region: record.region,
      sid: record.sid,
      status: record.status,
      uri: `${own}.json`,
      subresource_uris: {
        participants: `${own}/Participants.json`,
        recordings: `${own}/Recordings.json`,
      },
      reason_conference_ended: record.reasonEnded,
      call_sid_ending_conference: record.callSidEnding,
    };
  }

  participant(conferenceSid: string, record: ParticipantRecord, status: string): object {
    return {
      account_sid: this.#account,
      call_sid: record.callSid,
      label: record.label,
      call_sid_to_coach: record.callSidToCoach,
      coaching: record.coaching,
      conference_sid: conferenceSid,
      date_created: rfc2822(record.createdAt),
      date_updated: rfc2822(record.updatedAt),
      end_conference_on_exit: record.endConferenceOnExit,
      muted: record.muted,
      hold: record.hold,
      start_conference_on_enter: record.startConferenceOnEnter,
      status,
      queue_time: '0',
      uri: this.path(`/Conferences/${conferenceSid}/Participants/${record.callSid}.json`),
    };
  }

  /** `below`: the call or conference through which it was asked for. */
  recordingOf(below: string, record: RecordingRecord): Record<string, unknown> {
    const { subresource_uris: _, media_url: __, ...shown } = this.recording(record);
    const track = below.startsWith('/Calls/') ? { track: record.track } : {};
    return { ...shown, ...track, uri: this.path(`${below}/Recordings/${record.sid}.json`) };
  }

  recording(record: RecordingRecord): Record<string, unknown> {
    const own = this.path(`/Recordings/${record.sid}`);
    // The resource knows no "failed": what could not be recorded is absent, with its error code.
    const status = record.status === 'failed' ? 'absent' : record.status;
    const { durationMs } = record;
    return {
      account_sid: this.#account,
      api_version: API_VERSION,
      call_sid: record.callSid,
      conference_sid: record.conferenceSid,
      date_created: rfc2822(record.createdAt),
      date_updated: rfc2822(record.updatedAt),
      start_time: rfc2822OrNull(record.startedAt),
      duration: durationMs === null ? '-1' : String(wholeSeconds(durationMs)),
      sid: record.sid,
      price: null,
      price_unit: 'USD',
      status,
      channels: record.channels,
      source: record.source,
      error_code: record.errorCode,
      uri: `${own}.json`,
      encryption_details: null,
      subresource_uris: {},
      media_url: `${this.#apiBase()}${own}`,
    };
  }

  /** `whole`: with the request and the answer, as the instance resource has them. */
  queue(queue: Queue): Record<string, unknown> {
    const { record } = queue;
    const own = this.path(`/Queues/${record.sid}`);
    return {
      sid: record.sid,
      account_sid: this.#account,
      friendly_name: record.friendlyName,
      max_size: record.maxSize,
      current_size: queue.size,
      average_wait_time: queue.averageSeconds,
      date_created: rfc2822(record.createdAt),
      date_updated: rfc2822(record.updatedAt),
      uri: `${own}.json`,
    };
  }

  member(queue: Queue, waiting: Waiting): Record<string, unknown> {
    const { sid } = waiting.call;
    return {
      call_sid: sid,
      queue_sid: queue.sid,
      date_enqueued: rfc2822(waiting.since),
      position: queue.positionOf(waiting),
      wait_time: waiting.seconds,
      uri: this.path(`/Queues/${queue.sid}/Members/${sid}.json`),
    };
  }

  notification(record: NoticeRecord, whole: boolean): Record<string, unknown> {
    return {
      sid: record.sid,
      account_sid: this.#account,
      call_sid: record.callSid,
      log: record.level === 'error' ? '0' : '1',
      error_code: String(record.code),
      more_info: `https://www.twilio.com/docs/errors/${record.code}`,
      message_text: record.message,
      message_date: rfc2822(record.createdAt),
      request_method: record.request?.method ?? null,
      request_url: record.request?.url ?? null,
      date_created: rfc2822(record.createdAt),
      date_updated: rfc2822(record.createdAt),
      api_version: API_VERSION,
      uri: this.path(`/Notifications/${record.sid}.json`),
      ...(whole
        ? {
            request_variables: record.request?.variables ?? null,
            response_headers: record.response?.headers ?? null,
            response_body: record.response?.body ?? null,
          }
        : {}),
    };
  }
}
