import type { Detail, RecordingFact } from '../call/facts.ts';
import { type CallbackForm, field, wholeNumber } from './payload.ts';

/**
 * The recording's status callback as a fact; null for a status we do not know.
 * https://www.twilio.com/docs/voice/twiml/conference#attributes-recording-status-callback
 */
export function mapRecordingCallback(form: CallbackForm): RecordingFact | null {
  const recordingId = field(form, 'RecordingSid');
  if (recordingId === null) return null;
  const detail = detailOf(form);
  switch (field(form, 'RecordingStatus')) {
    case 'in-progress':
      return { kind: 'recording_started', recordingId, ...brokenOff(form), detail };
    case 'completed':
      return {
        kind: 'recording_finished',
        recordingId,
        durationMs: durationOf(form),
        ...brokenOff(form),
        detail,
      };
    case 'absent':
      return {
        kind: 'recording_absent',
        recordingId,
        problem: isDiskFull(form) ? 'disk_full' : 'nothing_recorded',
        detail,
      };
    case 'failed':
      return {
        kind: 'recording_absent',
        recordingId,
        problem: isDiskFull(form) ? 'disk_full' : 'carrier_failed',
        detail,
      };
    default:
      return null;
  }
}

function durationOf(form: CallbackForm): number | null {
  const seconds = wholeNumber(form, 'RecordingDuration');
  return seconds === null || seconds < 0 ? null : seconds * 1000;
}

/** The engine's disk was full. A carrier in the cloud has no disk that we could fill. */
export const DISK_FULL = 64_507;

/** Our engine says so of a recording that it kept as far as it got. */
function brokenOff(form: CallbackForm): { problem?: 'disk_full' } {
  return isDiskFull(form) ? { problem: 'disk_full' } : {};
}

function isDiskFull(form: CallbackForm): boolean {
  return wholeNumber(form, 'ErrorCode') === DISK_FULL;
}

function detailOf(form: CallbackForm): Detail {
  const detail: Detail = {};
  for (const [name, key] of [
    ['RecordingStatus', 'status'],
    ['RecordingStartTime', 'startTime'],
    ['ErrorMessage', 'errorMessage'],
  ] as const) {
    const value = field(form, name);
    if (value !== null) detail[key] = value;
  }
  for (const [name, key] of [
    ['RecordingDuration', 'seconds'],
    ['RecordingChannels', 'channels'],
    ['ErrorCode', 'errorCode'],
  ] as const) {
    const value = wholeNumber(form, name);
    if (value !== null) detail[key] = value;
  }
  return detail;
}
