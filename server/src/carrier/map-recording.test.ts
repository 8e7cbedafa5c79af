import { expect, test } from 'vitest';
import { mapRecording, RecordingResource } from './map-recording.ts';

/** As documented: https://www.twilio.com/docs/voice/api/recording (fetch a recording). */
const documented = {
  account_sid: 'ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  api_version: '2010-04-01',
  call_sid: 'CAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  channels: 1,
  conference_sid: 'CFaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  date_created: 'Fri, 14 Oct 2016 21:56:34 +0000',
  date_updated: 'Fri, 14 Oct 2016 21:56:38 +0000',
  duration: '4',
  encryption_details: null,
  error_code: null,
  price: '-0.04000',
  price_unit: 'USD',
  sid: 'REaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  source: 'StartConferenceRecordingAPI',
  start_time: 'Fri, 14 Oct 2016 21:56:34 +0000',
  status: 'completed',
  track: 'both',
  uri: '/2010-04-01/Accounts/ACaa/Recordings/REaa.json',
};
const map = (change: Record<string, unknown> = {}) =>
  mapRecording(RecordingResource.parse({ ...documented, ...change }));

test('the carrier’s words become ours', () => {
  expect(map()).toEqual({
    carrierId: documented.sid,
    state: 'ready',
    startedAt: Date.UTC(2016, 9, 14, 21, 56, 34),
    durationMs: 4000,
    problem: null,
  });
});

test('every status, and one that is new', () => {
  const states = [
    'in-progress',
    'paused',
    'stopped',
    'processing',
    'absent',
    'failed',
    'deleted',
    'x',
  ];
  expect(states.map((status) => map({ status }).state)).toEqual([
    'recording',
    'recording',
    'processing',
    'processing',
    'absent',
    'failed',
    'failed',
    'processing',
  ]);
});

test('why there is nothing', () => {
  expect(map({ status: 'absent', error_code: 0 }).problem).toBe('nothing_recorded');
  expect(map({ status: 'failed', error_code: null }).problem).toBe('carrier_failed');
  expect(map({ status: 'failed', error_code: 64_507 }).problem).toBe('disk_full');
});

test('what is not known yet', () => {
  expect(map({ duration: '-1', start_time: null })).toMatchObject({
    durationMs: null,
    startedAt: null,
  });
  expect(map({ duration: undefined, start_time: 'soon' })).toMatchObject({
    durationMs: null,
    startedAt: null,
  });
});
