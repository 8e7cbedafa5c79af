import { z } from 'zod';
import type { Element } from '../parse.ts';
import { CONFERENCE_EVENTS, type ConferenceCallback } from '../../room/conference-record.ts';
import { REGIONS } from '../../room/conferences.ts';
import { BEEPS } from '../../room/participant.ts';
import { JoinRefused } from '../../room/conference.ts';
import { musicOf, type Music } from '../../room/music.ts';
import { RECORDING_EVENTS, type RecordingCallback } from '../../recording/recording-record.ts';
import { addressIn, addressOrNull, attributes, flag, method, whole, words } from '../attributes.ts';
import { TWIML, TwimlProblem } from '../problem.ts';
import type { VerbRun, VerbTools } from '../verb.ts';

export const DEFAULT_MAX_PARTICIPANTS = 250;

const SHAPE = {
  participantLabel: z.string().min(1).max(128).optional(),
  muted: flag.default(false),
  startConferenceOnEnter: flag.default(true),
  endConferenceOnExit: flag.default(false),
  beep: z.enum(BEEPS).default('true'),
  maxParticipants: whole(2, DEFAULT_MAX_PARTICIPANTS).default(DEFAULT_MAX_PARTICIPANTS),
  waitUrl: z.string().optional(),
  waitMethod: method.default('POST'),
  record: z.enum(['record-from-start', 'do-not-record', 'true', 'false']).default('do-not-record'),
  trim: z.enum(['do-not-trim', 'trim-silence']).default('trim-silence'),
  recordingStatusCallback: z.string().optional(),
  recordingStatusCallbackMethod: method.default('POST'),
  recordingStatusCallbackEvent: words(RECORDING_EVENTS).default(['completed']),
  statusCallback: z.string().optional(),
  statusCallbackMethod: method.default('POST'),
  statusCallbackEvent: words(CONFERENCE_EVENTS).default([]),
  /** Our jitter buffer adapts by itself; all sizes are the same to it. */
  jitterBufferSize: z.enum(['off', 'small', 'medium', 'large']).optional(),
  coach: z.string().optional(),
  region: z.enum(REGIONS).optional(),
} as const;

/** https://www.twilio.com/docs/voice/twiml/conference. Resolves when the call has left the room. */
export async function dialConference(
  { call, element, base, signal }: VerbRun,
  { conferences }: VerbTools,
): Promise<Record<string, string>> {
  const read = attributes(element, SHAPE);
  if (element.text === '') throw new TwimlProblem(TWIML.schema, '<Conference> has no name');
  const callbacks = callbacksOf(element, read, base);
  await call.answer();
  if (signal.aborted) return {};
  const conference = conferences.named(element.text, callbacks.conference, read.region);
  return new Promise((resolve, reject) => {
    try {
      const participant = conference.add(
        call,
        {
          label: read.participantLabel ?? null,
          muted: read.muted,
          startConferenceOnEnter: read.startConferenceOnEnter,
          endConferenceOnExit: read.endConferenceOnExit,
          coach: read.coach ?? null,
          wait: waitMusic(element, read.waitUrl, read.waitMethod, base),
          beep: read.beep,
          earlyMedia: false,
          left: () => resolve({ DialCallStatus: 'answered' }),
        },
        read.maxParticipants,
      );
      if (read.record === 'record-from-start' || read.record === 'true') {
        const trim = read.trim === 'trim-silence';
        conference.wantRecording({ callback: callbacks.recording, trim });
      }
      signal.addEventListener('abort', () => conference.remove(participant, false), { once: true });
    } catch (error) {
      // As on Twilio the call is not added and goes on with its next verb.
      if (error instanceof JoinRefused) resolve({ DialCallStatus: 'failed' });
      else reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

type Read = z.infer<z.ZodObject<typeof SHAPE>>;

function callbacksOf(
  element: Element,
  read: Read,
  base: string,
): { conference: ConferenceCallback | null; recording: RecordingCallback | null } {
  const conference = addressOrNull(element, read.statusCallback, base);
  const recording = addressOrNull(element, read.recordingStatusCallback, base);
  const known = CONFERENCE_EVENTS.filter((event) => read.statusCallbackEvent.includes(event));
  return {
    conference:
      conference === null
        ? null
        : {
            url: conference,
            method: read.statusCallbackMethod,
            events: known,
          },
    recording:
      recording === null
        ? null
        : {
            url: recording,
            method: read.recordingStatusCallbackMethod,
            events: read.recordingStatusCallbackEvent,
          },
  };
}

function waitMusic(
  element: Element,
  waitUrl: string | undefined,
  waitMethod: 'GET' | 'POST',
  base: string,
): Music {
  if (waitUrl === undefined || waitUrl === '') return musicOf(waitUrl, waitMethod);
  return musicOf(addressIn(element, waitUrl, base), waitMethod);
}
