import type { HttpMethod } from '../callback/request.ts';
import type { Call } from '../leg/call.ts';
import type { Switchboard } from '../leg/switchboard.ts';
import type { MediaLink } from '../media-link.ts';
import type { Conferences } from '../room/conferences.ts';
import type { AudioStore } from './audio-store.ts';
import type { Element } from './parse.ts';
import type { Player } from './player.ts';

/** What a verb may use. */
export interface VerbTools {
  audio: AudioStore;
  player: Player;
  media: MediaLink;
  conferences: Conferences;
  switchboard: Switchboard;
  /** The number that the account owns. */
  callerId: string;
}

export interface VerbRun {
  call: Call;
  element: Element;
  /** What relative addresses are relative to. */
  base: string;
  /** Aborted when the call ends or is sent elsewhere. */
  signal: AbortSignal;
}

/** What comes after a verb. */
export type VerbOutcome =
  | { next: 'verb' }
  | { next: 'document'; url: string; method: HttpMethod; fields: Record<string, string> }
  | { next: 'hang-up' }
  | { next: 'reject'; reason: 'rejected' | 'busy' };

/** @throws TwimlProblem when the verb cannot be carried out: the call ends with its code. */
export type Verb = (run: VerbRun, tools: VerbTools) => Promise<VerbOutcome>;

export const NEXT: VerbOutcome = { next: 'verb' };
