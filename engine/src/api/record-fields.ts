import { z } from 'zod';
import type { CallRecordingSettings } from '../recording/call-recordings.ts';
import {
  PARTICIPANT_RECORDING_EVENTS,
  RECORDING_EVENTS,
  RECORDING_TRACKS,
  type RecordingEvent,
  type RecordingSource,
} from '../recording/recording-record.ts';
import { address, method, words } from './fields.ts';

const trim = z.enum(['trim-silence', 'do-not-trim']);

/** How a call is recorded, in the words of Calls, Participants and their Recordings. */
export const RECORD_FIELDS = {
  RecordingChannels: z.enum(['mono', 'dual']).default('mono'),
  RecordingTrack: z.enum(RECORDING_TRACKS).default('both'),
  RecordingStatusCallback: address.optional(),
  RecordingStatusCallbackMethod: method.default('POST'),
  RecordingStatusCallbackEvent: words(RECORDING_EVENTS).default(['completed']),
  Trim: trim.optional(),
} as const;

export const PARTICIPANT_RECORD_FIELDS = {
  ...RECORD_FIELDS,
  RecordingStatusCallbackEvent: words(PARTICIPANT_RECORDING_EVENTS).default(['completed']),
} as const;

type Read = Omit<z.infer<z.ZodObject<typeof RECORD_FIELDS>>, 'RecordingStatusCallbackEvent'> & {
  RecordingStatusCallbackEvent: RecordingEvent[];
};

export function recordSettings(
  read: Read,
  source: RecordingSource,
  defaultTrim: z.infer<typeof trim>,
): CallRecordingSettings {
  const url = read.RecordingStatusCallback;
  return {
    source,
    channels: read.RecordingChannels === 'dual' ? 2 : 1,
    track: read.RecordingTrack,
    trim: (read.Trim ?? defaultTrim) === 'trim-silence',
    callback:
      url === undefined
        ? null
        : {
            url,
            method: read.RecordingStatusCallbackMethod,
            events: read.RecordingStatusCallbackEvent,
          },
  };
}
