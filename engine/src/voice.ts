import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Requester } from './callback/request.ts';
import type { EngineConfig } from './config.ts';
import type { Call } from './leg/call.ts';
import type { Switchboard } from './leg/switchboard.ts';
import type { MediaLink } from './media-link.ts';
import type { Notices } from './notice/notices.ts';
import type { Queues } from './queue/queues.ts';
import type { RecordingCallbacks } from './recording/recording-callbacks.ts';
import type { RecordingRecord } from './recording/recording-record.ts';
import type { Recorder } from './recording/recorder.ts';
import type { Conferences } from './room/conferences.ts';
import { Workshop } from './sound/workshop.ts';
import { AudioStore } from './twiml/audio-store.ts';
import { TwimlFetcher } from './twiml/fetcher.ts';
import { Interpreter } from './twiml/interpreter.ts';
import { Player } from './twiml/player.ts';
import type { TwimlProblem } from './twiml/problem.ts';
import { TwimlRunner } from './twiml/runner.ts';
import { Speech } from './twiml/speech.ts';

/** The folder of what the engine brings along to be heard. */
export const SOUNDS = fileURLToPath(new URL('../sounds/', import.meta.url));
export const OUR_SOUNDS = {
  music: join(SOUNDS, 'hold-music.wav'),
  ringback: join(SOUNDS, 'ringback.wav'),
  beep: join(SOUNDS, 'beep.wav'),
  testCall: join(SOUNDS, 'test-call.wav'),
};

export type Voice = ReturnType<typeof buildVoice>;

/** What plays and speaks to calls. */
export function buildVoice({
  folder,
  requester,
  media,
}: {
  folder: string;
  requester: Requester;
  media: MediaLink;
}) {
  const workshop = new Workshop();
  return {
    workshop,
    fetcher: new TwimlFetcher(requester),
    audio: new AudioStore(join(folder, 'audio'), requester, workshop),
    speech: new Speech(join(folder, 'speech'), workshop),
    player: new Player(media),
  };
}

/** What carries out TwiML. */
export function buildTwiml(
  { sid, callerId }: EngineConfig['account'],
  { fetcher, audio, speech, player }: Voice,
  parts: {
    media: MediaLink;
    conferences: Conferences;
    switchboard: Switchboard;
    recorder: Recorder;
    callbacks: RecordingCallbacks;
    notices: Notices;
    queues: Queues;
  },
  log: Logger,
) {
  const { media, conferences, switchboard, recorder, notices, queues } = parts;
  const tools = {
    ...{ audio, speech, player, media, conferences, switchboard, queues, recorder, callerId },
    sounds: OUR_SOUNDS,
    recordingUrl: (record: RecordingRecord) => parts.callbacks.urlOf(record),
    warn: (call: Call, problem: TwimlProblem) => notices.add(call.sid, problem, 'warning'),
    note: (call: Call, problem: TwimlProblem) => notices.add(call.sid, problem),
  };
  const scripts = new Interpreter(fetcher, tools, sid);
  const runner = new TwimlRunner({ scripts, notices, speech, player, log });
  return { scripts, runner };
}
