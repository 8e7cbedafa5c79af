import type { Call, PhoneKind } from '@offhook/contract';
import type { PhoneProblem } from './problem.ts';
import { NO_NOTICES } from './sound-watch.ts';
import type { SoundNotices } from './sound-watch.ts';

/**
 * The call of the person who is signed in, as this tab knows it: what the server says about the
 * call, and what the Voice SDK says about this browser's sound.
 *
 *   (click) ──► microphone ──► placing ──► the server's own states, connecting … ended
 *
 * With a SIP phone there is no microphone to ask for, and the sound is never here.
 */
export type Stage = 'microphone' | 'placing' | Call['state'];

/**
 * waiting: no sound yet. open: sound is on. reconnecting: the network failed, the SDK tries again.
 * gone: this browser's leg has ended.
 */
export type SoundState = 'waiting' | 'open' | 'reconnecting' | 'gone';

export interface CurrentCall {
  stage: Stage;
  /** The number as typed, or the call's own. */
  to: string;
  /** Null until the server has made it. */
  call: Call | null;
  /** What the agent speaks through in this call. */
  phone: PhoneKind;
  /** Whether this tab carries the sound; else another tab, another machine or a SIP phone does. */
  here: boolean;
  sound: SoundState;
  muted: boolean;
  /** End was pressed. */
  ending: boolean;
  /** Nobody has confirmed the end for a while; this tab's own sound is off. */
  overdue: boolean;
  notices: SoundNotices;
  /** The microphone went away during the call. */
  unplugged: boolean;
}

export interface PhoneState {
  current: CurrentCall | null;
  /** The call that ended last in this tab's time, until it is dismissed or another begins. */
  last: Call | null;
  problem: PhoneProblem | null;
}

export type PhoneFact =
  | { kind: 'dialled'; to: string; phone: PhoneKind }
  | { kind: 'microphone_open' }
  | { kind: 'placed'; call: Call }
  /** The call could not be made, or was given up before the server knew it. */
  | { kind: 'not_placed'; problem: PhoneProblem | null }
  /** News from the server about a call of this person. */
  | { kind: 'server'; call: Call }
  /** It can be reached, and knows who asks. */
  | { kind: 'server_answers' }
  | { kind: 'sound'; sound: SoundState }
  | { kind: 'muted'; muted: boolean }
  | { kind: 'notices'; notices: SoundNotices }
  | { kind: 'unplugged'; unplugged: boolean }
  | { kind: 'end_pressed' }
  /** The end is awaited for longer than it should take. */
  | { kind: 'end_overdue' }
  | { kind: 'problem'; problem: PhoneProblem | null }
  | { kind: 'dismissed' };

export const QUIET: PhoneState = { current: null, last: null, problem: null };

export function after(state: PhoneState, fact: PhoneFact): PhoneState {
  switch (fact.kind) {
    case 'dialled':
      return state.current === null
        ? { current: begun(fact.to, fact.phone), last: null, problem: null }
        : state;
    case 'microphone_open':
      return within(state, (now) =>
        now.stage === 'microphone' ? { ...now, stage: 'placing' } : now,
      );
    case 'placed':
      return placed(state, fact.call);
    case 'not_placed':
      return notPlaced(state, fact.problem);
    case 'server':
      return told(state, fact.call);
    case 'server_answers': {
      const mended = state.problem?.kind === 'session_expired' || state.problem?.kind === 'offline';
      return mended ? { ...state, problem: null } : state;
    }
    case 'sound':
      return within(state, (now) => (now.here ? { ...now, sound: fact.sound } : now));
    case 'muted':
      return within(state, (now) => (now.here ? { ...now, muted: fact.muted } : now));
    case 'notices':
      return within(state, (now) => ({ ...now, notices: fact.notices }));
    case 'unplugged':
      return within(state, (now) => ({ ...now, unplugged: fact.unplugged }));
    case 'end_pressed':
      return within(state, (now) => ({ ...now, ending: true }));
    case 'end_overdue':
      return within(state, (now) => ({ ...now, overdue: true }));
    case 'problem':
      return { ...state, problem: fact.problem };
    case 'dismissed':
      return { ...state, last: null, problem: null };
  }
}

/** End was pressed, or the server has decided that the call ends. */
export function isEnding({ ending, stage }: CurrentCall): boolean {
  return ending || stage === 'ending';
}

function begun(to: string, phone: PhoneKind): CurrentCall {
  return {
    stage: phone === 'sip' ? 'placing' : 'microphone',
    to,
    call: null,
    phone,
    here: phone === 'browser',
    sound: 'waiting',
    muted: false,
    ending: false,
    overdue: false,
    notices: NO_NOTICES,
    unplugged: false,
  };
}

function elsewhere(call: Call): CurrentCall {
  const { phone } = call.agent;
  return { ...begun(call.customer.number, phone), stage: call.state, call, here: false };
}

function within(state: PhoneState, change: (now: CurrentCall) => CurrentCall): PhoneState {
  if (state.current === null) return state;
  const current = change(state.current);
  return current === state.current ? state : { ...state, current };
}

/** The answer to our own request; news about the call may have overtaken it. */
function placed(state: PhoneState, call: Call): PhoneState {
  const now = state.current;
  if (now === null || !isAsking(now)) return told(state, call);
  const newest = now.call?.id === call.id && now.call.version > call.version ? now.call : call;
  if (newest.state === 'ended') return over(state, newest);
  // The server has the last word on the phone: the setting may have changed in another tab.
  const { phone } = newest.agent;
  const current = { ...now, call: newest, stage: newest.state, phone, here: phone === 'browser' };
  return { ...state, current };
}

/** Between the click and the server's answer. */
function isAsking({ stage }: CurrentCall): boolean {
  return stage === 'microphone' || stage === 'placing';
}

/** A call that showed up meanwhile is somebody else's: another tab of the same person. */
function notPlaced(state: PhoneState, problem: PhoneProblem | null): PhoneState {
  const running = state.current?.call ?? null;
  return {
    ...state,
    current: running === null || running.state === 'ended' ? null : elsewhere(running),
    problem,
  };
}

function told(state: PhoneState, call: Call): PhoneState {
  const now = state.current;
  if (now === null) {
    if (state.last?.id === call.id) {
      return call.version > state.last.version ? { ...state, last: call } : state;
    }
    return call.state === 'ended' ? state : { ...state, current: elsewhere(call) };
  }
  if (isAsking(now)) {
    // Most likely the call we are just asking for: its events, even its end, can overtake the
    // answer. `placed` decides.
    return isNews(now.call, call) ? { ...state, current: { ...now, call } } : state;
  }
  if (!isNews(now.call, call)) return state;
  // One call at a time: a newer one means that the end of the old one was missed.
  if (now.call?.id !== call.id) return now.here ? state : { ...state, current: elsewhere(call) };
  if (call.state === 'ended') return over(state, call);
  return { ...state, current: { ...now, call, stage: call.state } };
}

function over(state: PhoneState, call: Call): PhoneState {
  // That the server could not hear of the end is settled with the end.
  const problem = state.problem?.kind === 'hang_up_unheard' ? null : state.problem;
  return { current: null, last: call, problem };
}

function isNews(known: Call | null, call: Call): boolean {
  if (known === null) return true;
  return known.id === call.id ? call.version > known.version : call.createdAt > known.createdAt;
}
