import { expect, test } from 'vitest';
import type { CarrierRecording } from './ports.ts';
import { factOf } from './recover.ts';

const call = { id: 'call1', recording: null };
const MINUTE = 60_000;
const seen = (state: CarrierRecording['state']): CarrierRecording => ({
  carrierId: `RE-${state}`,
  state,
  startedAt: 0,
  durationMs: state === 'ready' ? 5000 : null,
  problem: state === 'absent' ? 'nothing_recorded' : state === 'failed' ? 'disk_full' : null,
});

test('a finished recording is fetched, whatever else the room has', () => {
  expect(factOf(call, [seen('absent'), seen('ready')], MINUTE)).toMatchObject({
    kind: 'recording_finished',
    recordingId: 'RE-ready',
    durationMs: 5000,
  });
});

test('the carrier may still be working, but not for ever', () => {
  expect(factOf(call, [seen('processing')], 60 * MINUTE)).toBeNull();
  expect(factOf(call, [seen('recording')], 25 * 60 * MINUTE)).toMatchObject({
    kind: 'recording_absent',
    problem: 'carrier_failed',
  });
});

test('what the carrier failed at is said so', () => {
  expect(factOf(call, [seen('failed')], MINUTE)).toMatchObject({
    kind: 'recording_absent',
    recordingId: 'RE-failed',
    problem: 'disk_full',
  });
  expect(factOf(call, [seen('absent')], MINUTE)).toMatchObject({ problem: 'nothing_recorded' });
});

test('an empty list is believed only when it can no longer be late', () => {
  expect(factOf(call, [], 10 * MINUTE)).toBeNull();
  expect(factOf(call, [], 16 * MINUTE)).toMatchObject({
    kind: 'recording_absent',
    recordingId: 'call1',
    problem: 'nothing_recorded',
  });
});
