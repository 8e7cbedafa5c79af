import type { TestCallStep, Trunk, TrunkProblem } from '@offhook/contract';
import { shortWhen } from '../../../lib/format.ts';
import type { Tone } from '../../../ui/badge.tsx';

export interface Standing {
  word: string;
  tone: Tone;
}

/** How a trunk stands, in a word or two: the worst that is true of it. */
export function standingOf({ state: { state, registration } }: Trunk): Standing {
  if (state === 'off') return { word: 'Switched off', tone: 'neutral' };
  if (state === 'down') return { word: 'Down', tone: 'bad' };
  if (registration === 'failed') return { word: 'Not registered', tone: 'bad' };
  if (state === 'up') return { word: 'Up', tone: 'good' };
  if (registration === 'registering') return { word: 'Registering', tone: 'accent' };
  return { word: 'Not asked yet', tone: 'neutral' };
}

/** "since 14:37", "registered", "answers in 12 ms": what is known besides. */
export function detailsOf({ state }: Trunk): string[] {
  if (state.state === 'off') return [];
  return [
    `since ${shortWhen(state.since).replace('Yesterday', 'yesterday')}`,
    ...(state.registration === 'registered' ? ['registered'] : []),
    ...(state.pingMs === null ? [] : [`answers in ${Math.round(state.pingMs)} ms`]),
  ];
}

/** "sip.example.com:5061, TLS" */
export function addressOf({ host, port, transport }: Trunk): string {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return `${bracketed}${port === null ? '' : `:${port}`}, ${transport.toUpperCase()}`;
}

/** "2 of 30 calls", "1 call", "No calls" */
export function callsOf({ channels, state: { liveCalls } }: Trunk): string {
  if (channels !== null) return `${liveCalls} of ${channels} calls`;
  if (liveCalls === 0) return 'No calls';
  return liveCalls === 1 ? '1 call' : `${liveCalls} calls`;
}

/** What went wrong, as a headline; the problem's own text says what to look at. */
export const PROBLEM_TITLES: Record<TrunkProblem['code'], string> = {
  name_unknown: 'The host name leads nowhere: check its spelling',
  unreachable: 'Nobody can be reached at this address',
  no_answer: 'Nobody answers',
  certificate_refused: 'The certificate is not to be trusted',
  credentials_refused: 'User name or password is wrong',
  forbidden: 'The carrier does not allow it',
  no_route: 'The carrier does not know this number',
  busy_here: 'The number is busy',
  no_codec: 'There is no sound format in common',
  srtp_required: 'Encrypted sound is required',
  no_description: 'The answer had no description of the sound',
  no_audio: 'Connected, but no sound came',
  channels_full: 'All channels are taken',
  refused: 'Refused, or cut off',
};

/** A test call's steps before they are taken. */
export const STEP_TITLES: Record<TestCallStep, string> = {
  lookup: 'Look the host up',
  reach: 'Reach the carrier',
  invite: 'Place the call',
  ringing: 'Hear it ring',
  answered: 'Be answered',
  audio_out: 'Send sound',
  audio_in: 'Receive sound',
  done: 'Hang up',
};
