import { describe, expect, test } from 'vitest';
import { mapConference } from './map-conference.ts';
import { mapLeg } from './map-leg.ts';
import { mapRecordingCallback } from './map-recording-callback.ts';
import type { CallbackForm } from './payload.ts';

/** Bodies as Twilio documents and sends them, with the account's ids replaced. */
function form(body: string): CallbackForm {
  return Object.fromEntries(new URLSearchParams(body));
}

const CALL = `CA${'1'.repeat(32)}`;
const ROOM = `CF${'2'.repeat(32)}`;
const RECORDING = `RE${'3'.repeat(32)}`;
const ACCOUNT = `AC${'4'.repeat(32)}`;

const LEG =
  `Called=%2B447700900001&ToState=&CallerCountry=GB&Direction=outbound-api&CallerState=` +
  `&ToZip=&CallSid=${CALL}&To=%2B447700900001&CallerZip=&ToCountry=GB&ApiVersion=2010-04-01` +
  `&CalledZip=&CalledCity=&AccountSid=${ACCOUNT}&CalledCountry=GB&From=%2B447700900000` +
  `&CallbackSource=call-progress-events&Timestamp=Sun%2C+22+Nov+2026+14%3A37%3A29+%2B0000`;

describe('a leg’s status callback', () => {
  test.each([
    ['initiated', 'initiated'],
    ['ringing', 'ringing'],
    ['in-progress', 'answered'],
  ])('%s is progress: %s', (status, stage) => {
    expect(mapLeg(form(`${LEG}&CallStatus=${status}&SequenceNumber=1`), 'customer')).toEqual({
      kind: 'leg_progress',
      leg: 'customer',
      sid: CALL,
      stage,
    });
  });

  test.each([
    ['completed', '200', 'completed'],
    ['busy', '486', 'busy'],
    ['no-answer', '487', 'no_answer'],
    ['canceled', '487', 'cancelled'],
    ['failed', '404', 'not_in_service'],
    ['failed', '604', 'not_in_service'],
    ['failed', '403', 'refused'],
    ['failed', '488', 'no_codec'],
    ['failed', '606', 'no_codec'],
    ['failed', '408', 'failed'],
    ['failed', '503', 'failed'],
    ['failed', '', 'failed'],
  ])('%s with SIP %s is over: %s', (status, sip, how) => {
    const body = `${LEG}&CallStatus=${status}&CallDuration=7&Duration=1&SipResponseCode=${sip}`;
    const fact = mapLeg(form(body), 'customer');
    expect(fact).toMatchObject({ kind: 'leg_finished', sid: CALL, how });
    expect(fact).toMatchObject({ detail: { status, seconds: 7 } });
  });

  test.each(['', 'CallStatus=ringing', `CallSid=${CALL}`, `CallSid=${CALL}&CallStatus=dreaming`])(
    'that says nothing we know (%s) is no fact',
    (body) => {
      expect(mapLeg(form(body), 'customer')).toBeNull();
    },
  );
});

const CONFERENCE =
  `ConferenceSid=${ROOM}&FriendlyName=call_1&AccountSid=${ACCOUNT}&SequenceNumber=2` +
  `&Timestamp=Sun%2C+22+Nov+2026+14%3A37%3A29+%2B0000`;
const PARTICIPANT =
  `${CONFERENCE}&CallSid=${CALL}&Muted=false&Hold=false&Coaching=false` +
  `&EndConferenceOnExit=true&StartConferenceOnEnter=true`;

describe('a conference’s status callback', () => {
  test.each([
    ['agent', 'agent'],
    ['leg_0123', 'customer'],
  ])('the participant labelled %s joins as %s', (label, leg) => {
    const body = `${PARTICIPANT}&ParticipantLabel=${label}&StatusCallbackEvent=participant-join`;
    expect(mapConference(form(body))).toEqual({ kind: 'joined', leg, sid: CALL, roomSid: ROOM });
  });

  test.each([
    ['participant_hung_up', 'hung_up'],
    ['moderator_ended_conference', 'room_ended'],
    ['conference_ended_via_api', 'by_api'],
    ['participant_updated_via_api', 'by_api'],
    ['', 'unknown'],
  ])('leaving because of "%s" is %s', (reason, why) => {
    const body =
      `${PARTICIPANT}&ParticipantLabel=agent&StatusCallbackEvent=participant-leave` +
      `&ParticipantCallStatus=completed&ReasonParticipantLeft=${reason}`;
    expect(mapConference(form(body))).toMatchObject({ kind: 'left', leg: 'agent', why });
  });

  test('a busy phone leaves a room with early media as busy', () => {
    const body =
      `${PARTICIPANT}&ParticipantLabel=leg_0123&StatusCallbackEvent=participant-leave` +
      `&ParticipantCallStatus=busy&ReasonParticipantLeft=participant_hung_up`;
    expect(mapConference(form(body))).toMatchObject({ kind: 'left', leg: 'customer', how: 'busy' });
  });

  test('the end says whose leaving it was', () => {
    const body =
      `${CONFERENCE}&StatusCallbackEvent=conference-end&CallSidEndingConference=${CALL}` +
      `&ParticipantLabelEndingConference=agent&Reason=Participant+left` +
      `&ReasonConferenceEnded=participant-with-end-conference-on-exit-left`;
    expect(mapConference(form(body))).toMatchObject({
      kind: 'room_ended',
      roomSid: ROOM,
      bySid: CALL,
      byApi: false,
    });
  });

  test.each(['conference-start', 'participant-mute', 'participant-speech-start', 'new-one'])(
    '%s is no fact',
    (event) => {
      expect(mapConference(form(`${PARTICIPANT}&StatusCallbackEvent=${event}`))).toBeNull();
    },
  );
});

const RECORDED =
  `AccountSid=${ACCOUNT}&ConferenceSid=${ROOM}&RecordingSid=${RECORDING}` +
  `&RecordingUrl=https%3A%2F%2Fapi.twilio.com%2F2010-04-01%2FAccounts%2F${ACCOUNT}%2FRecordings` +
  `%2F${RECORDING}&RecordingStartTime=Sun%2C+22+Nov+2026+14%3A37%3A29+%2B0000` +
  `&RecordingChannels=2&RecordingSource=Conference`;

describe('a recording’s status callback', () => {
  test('in progress', () => {
    const fact = mapRecordingCallback(form(`${RECORDED}&RecordingStatus=in-progress`));
    expect(fact).toMatchObject({ kind: 'recording_started', recordingId: RECORDING });
  });

  test('completed', () => {
    const body = `${RECORDED}&RecordingStatus=completed&RecordingDuration=42`;
    expect(mapRecordingCallback(form(body))).toMatchObject({
      kind: 'recording_finished',
      recordingId: RECORDING,
      durationMs: 42_000,
      detail: { channels: 2 },
    });
  });

  test.each([
    ['absent', '', 'nothing_recorded'],
    ['failed', '', 'carrier_failed'],
    ['failed', '64507', 'disk_full'],
    ['absent', '64507', 'disk_full'],
  ])('%s with error "%s" is absent: %s', (status, error, problem) => {
    const body = `${RECORDED}&RecordingStatus=${status}&ErrorCode=${error}`;
    expect(mapRecordingCallback(form(body))).toMatchObject({ kind: 'recording_absent', problem });
  });
});
