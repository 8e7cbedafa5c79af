import type { Outcome } from '@offhook/contract';
import { type Ending, isOver, type LegRole } from './call.ts';
import { endingText } from './texts.ts';
import type { Turn } from './turn.ts';

/** Room and leg callbacks travel apart by milliseconds, over a bad network by a second. */
const EXPLAIN_MS = 1500;
/** Taking legs down takes milliseconds; after this it is worth looking. */
const CONFIRM_MS = 3000;
/** Nobody could say for this long whether the legs are gone: the call is closed all the same. */
const GIVE_UP_MS = 15 * 60_000;
/** The last look at a call that has ended. */
const LAST_LOOK_MS = 10_000;

const ROLES: readonly LegRole[] = ['agent', 'customer'];

/**
 * Decides how the call ends; the only way into `ending`. The first decision stands, but for an End
 * that comes after the hang-up it caused: see `hangUpAsked`.
 */
export function endCall(turn: Turn, ending: Ending): void {
  const { call, at } = turn;
  if (isOver(call)) return turn.absorb('the ending is decided already');
  turn.set({
    state: 'ending',
    // A conversation cannot end before it began, whatever the order of the news.
    endedAt: Math.max(at, call.connectedAt ?? at),
    outcome: call.connectedAt === null ? outcomeWithoutTalk(ending) : 'completed',
    endedBy: ending.endedBy,
    endReason: ending.reason,
    loose: null,
  });
  turn.say('call.ending', ending.endedBy, endingText(turn.call), { reason: ending.reason });
  for (const role of ROLES) takeDown(turn, role);
  if (call.room && !call.room.ended) turn.does({ kind: 'end_room', roomSid: call.room.sid });
  turn.does({ kind: 'set_deadline', which: 'confirm', at: at + CONFIRM_MS });
  turn.does({ kind: 'set_deadline', which: 'give_up', at: at + GIVE_UP_MS });
}

function takeDown(turn: Turn, leg: LegRole): void {
  const { standing, sid } = turn.call.legs[leg];
  if (standing === 'live' && sid !== null) turn.does({ kind: 'end_leg', leg, sid });
}

function outcomeWithoutTalk({ reason }: Ending): Outcome {
  switch (reason) {
    case 'agent_hung_up':
    case 'agent_left':
      return 'cancelled';
    case 'customer_busy':
      return 'busy';
    case 'customer_did_not_answer':
      return 'no_answer';
    case 'agent_never_joined':
    case 'agent_phone_unreachable':
    case 'agent_phone_busy':
    case 'agent_phone_not_answered':
    case 'customer_hung_up':
    case 'number_not_in_service':
    case 'carrier_refused':
    case 'carrier_no_codec':
    case 'carrier_failed':
    case 'carrier_unknown':
    case 'time_limit':
      return 'failed';
  }
}

/**
 * Something is over, and the room will say in a moment whose doing it was. Ends the call with
 * `guess` should that word never come.
 */
export function endSoon(turn: Turn, guess: Ending): void {
  if (isOver(turn.call)) return turn.absorb('the ending is decided already');
  if (turn.call.loose !== null) return turn.absorb('already waiting for the reason');
  turn.set({ loose: { since: turn.at, guess } });
  turn.does({ kind: 'set_deadline', which: 'explain', at: turn.at + EXPLAIN_MS });
}

/** A call whose ending is decided has ended once every leg is gone. */
export function settle(turn: Turn): void {
  const { call } = turn;
  if (call.state !== 'ending') return;
  if (!ROLES.every((role) => isSettled(turn, role))) return;
  turn.set({ state: 'ended' });
  turn.say('call.ended', 'system', 'Both legs are gone.');
  turn.does({ kind: 'forget_deadlines' });
  turn.does({ kind: 'look', at: turn.at + LAST_LOOK_MS });
}

function isSettled(turn: Turn, role: LegRole): boolean {
  const { standing } = turn.call.legs[role];
  return standing === 'awaited' || standing === 'gone';
}

/** Closes a call of which nobody can say any more whether its legs are gone. */
export function giveUp(turn: Turn): void {
  for (const role of ROLES) {
    if (!isSettled(turn, role)) turn.setLeg(role, { standing: 'gone' });
  }
  turn.say('call.unconfirmed', 'system', 'The carrier never confirmed that every leg is gone.');
}
