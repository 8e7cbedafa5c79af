import type { Recording } from '@offhook/contract';
import parsePhoneNumber, { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js';
import type { CallRecord } from '../call/call.ts';
import { fileNameOf } from './file-name.ts';
import type { RecordingRow } from './rows.ts';

/**
 * The recording as the contract shows it: how it stands is the call's to say, what the file is
 * like the row's. Null where the call has no recording. `country` is whose numbers are written the
 * national way, as two letters.
 */
export function presentRecording(
  call: CallRecord,
  row: RecordingRow | null,
  country: string,
): Recording | null {
  if (call.recording === null) return null;
  const playable = call.recording.state === 'ready' ? row : null;
  return {
    ...call.recording,
    callId: call.id,
    startedAt: playable?.started_at?.toISOString() ?? null,
    channels: playable?.channels ?? null,
    speakers: speakersOf(playable?.channels ?? null),
    bytes: playable?.bytes ?? null,
    sha256: playable?.sha256 ?? null,
    audioUrl: playable === null ? null : `/api/recordings/${playable.id}/audio`,
    peaksUrl: playable === null ? null : `/api/recordings/${playable.id}/peaks`,
    fileName: playable === null ? null : fileNameFor(call, country),
  };
}

export function fileNameFor(call: CallRecord, country: string): string {
  return fileNameOf({
    createdAt: call.createdAt,
    agent: call.agent.name,
    customer: asWritten(call.customer.number, country),
  });
}

/** The first who joins the room is on the left, and on our calls that is the agent. */
function speakersOf(channels: 1 | 2 | null): Recording['speakers'] {
  switch (channels) {
    case 2:
      return ['agent', 'customer'];
    case 1:
      return ['both'];
    case null:
      return [];
  }
}

function asWritten(number: string, country: string): string {
  const parsed = parsePhoneNumber(number);
  if (parsed === undefined) return number;
  // By calling code, as the drama range belongs to no country the library knows.
  const isNational =
    isSupportedCountry(country) && parsed.countryCallingCode === getCountryCallingCode(country);
  return isNational ? parsed.formatNational() : parsed.formatInternational();
}
