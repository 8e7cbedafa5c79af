import { z } from 'zod';
import { wholeSeconds } from '../../times.ts';
import type { LiveRecording } from '../../recording/recorder.ts';
import { RECORDING_EVENTS } from '../../recording/recording-record.ts';
import { actionOf, addressOrNull, attributes, flag, method, whole, words } from '../attributes.ts';
import { KeyCollector } from '../key-collector.ts';
import { NEXT, type Verb, type VerbRun, type VerbTools } from '../verb.ts';

const SHAPE = {
  action: z.string().optional(),
  method: method.default('POST'),
  timeout: whole(1, 3600).default(5),
  maxLength: whole(1, 14_400).default(3_600),
  finishOnKey: z
    .string()
    .regex(/^[0-9#*]*$/, 'is not one of 0-9, # and *')
    .default('0123456789*#'),
  playBeep: flag.default(true),
  trim: z.enum(['trim-silence', 'do-not-trim']).default('trim-silence'),
  recordingStatusCallback: z.string().optional(),
  recordingStatusCallbackMethod: method.default('POST'),
  recordingStatusCallbackEvent: words(RECORDING_EVENTS).default(['completed']),
  // Nobody writes down what is said; whoever asks for it is told so.
  transcribe: z.literal('false', { error: 'only "false" is supported' }).optional(),
} as const;

/** https://www.twilio.com/docs/voice/twiml/record: what the caller says after the beep. */
export const record: Verb = async (run, tools) => {
  const { call, element, base, signal } = run;
  const read = attributes(element, SHAPE);
  const url = actionOf(element, read.action, base);
  const callback = addressOrNull(element, read.recordingStatusCallback, base);
  const { recordingStatusCallbackMethod: how, recordingStatusCallbackEvent: events } = read;
  await call.answer();
  if (read.playBeep) await tools.player.play(call, tools.sounds.beep, 1, signal);
  const leg = call.line.mediaLeg;
  if (leg === null || signal.aborted) return NEXT;
  const recording = tools.recorder.start({
    conferenceSid: null,
    callSid: call.sid,
    tap: { leg, track: 'inbound' },
    source: 'RecordVerb',
    channels: 1,
    track: 'inbound',
    trim: read.trim === 'trim-silence',
    callback: callback === null ? null : { url: callback, method: how, events },
  });
  const key = await listen(run, tools, recording, read, leg);
  const digits = call.over ? 'hangup' : key;
  const fields = () => fieldsOf(recording, tools, digits);
  if (call.over) {
    await recording.finished;
    if (url !== null) tools.scripts.tell(call, url, read.method, fields());
    return NEXT;
  }
  if (signal.aborted) return NEXT;
  await recording.finished;
  // As on Twilio: where nothing was said the application is not asked; the next verb is.
  const { status } = recording.record;
  if (url === null || status === 'absent' || signal.aborted) return NEXT;
  return { next: 'document', url, method: read.method, fields: fields() };
};

/** Until a key, silence, the longest time, or the end of the call; returns the key. */
async function listen(
  { call, signal }: VerbRun,
  { media }: VerbTools,
  recording: LiveRecording,
  read: { timeout: number; maxLength: number; finishOnKey: string },
  leg: string,
): Promise<string> {
  const { finishOnKey: finishOn, maxLength, timeout } = read;
  const rules = { finishOn, mostDigits: Infinity, timeoutMs: maxLength * 1000 };
  const collector = new KeyCollector(call, media, rules);
  const close = () => collector.close();
  signal.addEventListener('abort', close, { once: true });
  collector.startClock({ once: true });
  // The media process may die meanwhile: the call ends then, and with it this.
  media.ask('leg.awaitSilence', { leg, silentMs: timeout * 1000 }).then(close, close);
  if (signal.aborted) close();
  const { finishedOn } = await collector.result;
  signal.removeEventListener('abort', close);
  recording.stop();
  return finishedOn ?? '';
}

function fieldsOf(
  { record }: LiveRecording,
  { recordingUrl }: VerbTools,
  digits: string,
): Record<string, string> {
  return {
    RecordingSid: record.sid,
    RecordingUrl: recordingUrl(record),
    RecordingDuration: String(wholeSeconds(record.durationMs ?? 0)),
    ...(digits === '' ? {} : { Digits: digits }),
  };
}
