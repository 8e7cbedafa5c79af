import type { HttpMethod } from '../callback/request.ts';
import type { Call } from '../leg/call.ts';
import type { Switchboard } from '../leg/switchboard.ts';
import type { MediaLink } from '../media-link.ts';
import type { Queues } from '../queue/queues.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { RecordingRecord } from '../recording/recording-record.ts';
import type { Conferences } from '../room/conferences.ts';
import type { AudioStore } from './audio-store.ts';
import type { TwimlSource } from './fetcher.ts';
import type { Element } from './parse.ts';
import type { Player } from './player.ts';
import type { TwimlProblem } from './problem.ts';
import type { Speech } from './speech.ts';

/** What a verb may use. */
export interface VerbTools {
  audio: AudioStore;
  speech: Speech;
  player: Player;
  media: MediaLink;
  conferences: Conferences;
  queues: Queues;
  switchboard: Switchboard;
  recorder: Recorder;
  scripts: Scripts;
  /** The number that the account owns. */
  callerId: string;
  /** Paths of our own sounds. */
  sounds: { ringback: string; music: string; beep: string };
  /** Where a recording can be had. */
  recordingUrl: (record: RecordingRecord) => string;
  /** Keeps what went wrong while the call goes on. */
  warn: (call: Call, problem: TwimlProblem) => void;
  /** Keeps an error that the application's fallback is asked about. */
  note: (call: Call, problem: TwimlProblem) => void;
}

/**
 * Which verbs a document may use: a call's own; what somebody hears before being bridged (whisper),
 * while waiting in a queue, or in place of a conference (music).
 */
export type ScriptKind = 'call' | 'whisper' | 'wait' | 'music';

export interface Script {
  call: Call;
  kind: ScriptKind;
  source: TwimlSource;
  /** Sent with every request, after the call's own fields. */
  fields: () => Record<string, string>;
  /** Aborted when the call ends or is sent elsewhere. */
  signal: AbortSignal;
}

/** How a script ended. `verbs`: how many were carried out in all. */
export type ScriptEnd =
  | { how: 'through'; verbs: number }
  | { how: 'hang-up' | 'leave' | 'aborted' }
  | { how: 'reject'; reason: 'rejected' | 'busy' };

/** Carries out documents. */
export interface Scripts {
  /** @throws TwimlProblem */
  run(script: Script): Promise<ScriptEnd>;
  /** A last word to the application about a call that is over: nothing follows from its answer. */
  tell(call: Call, url: string, method: HttpMethod, fields: Record<string, string>): void;
}

export interface VerbRun {
  call: Call;
  element: Element;
  /** What relative addresses are relative to; empty when the document came from no address. */
  base: string;
  /** Aborted when the call ends or is sent elsewhere. */
  signal: AbortSignal;
}

/** What comes after a verb. */
export type VerbOutcome =
  | { next: 'verb' }
  | { next: 'document'; url: string; method: HttpMethod; fields: Record<string, string> }
  | { next: 'hang-up' }
  | { next: 'leave' }
  | { next: 'reject'; reason: 'rejected' | 'busy' };

/** @throws TwimlProblem when the verb cannot be carried out: the call ends with its code. */
export type Verb = (run: VerbRun, tools: VerbTools) => Promise<VerbOutcome>;

export const NEXT: VerbOutcome = { next: 'verb' };
