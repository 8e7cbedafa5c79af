import { agentPhoneIsGone, agentPhoneProgress } from './agent-phone-facts.ts';
import { awayAt, isOver } from './call.ts';
import { connectIfBoth } from './connect.ts';
import { endCall, endSoon } from './ending.ts';
import type { Detail, FinishedHow, LegAlive, LegFinished, LegProgress } from './facts.ts';
import { adopt } from './legs.ts';
import type { Turn } from './turn.ts';

export function legProgress(turn: Turn, fact: LegProgress): void {
  if (adopt(turn, fact.leg, fact.sid) === 'stray') return turn.absorb('a stray leg');
  if (fact.leg === 'agent') return agentPhoneProgress(turn, fact.stage);
  const leg = turn.call.legs.customer;
  switch (fact.stage) {
    case 'initiated':
      return turn.absorb('dialling is known');
    case 'ringing':
      if (isOver(turn.call) || leg.standing === 'gone') return turn.absorb('too late to ring');
      if (turn.call.ringingAt !== null || leg.answeredAt !== null) {
        return turn.absorb('ringing or answered already');
      }
      turn.set({ ringingAt: turn.at });
      if (turn.call.state === 'connecting' || turn.call.state === 'dialling') {
        turn.set({ state: 'ringing' });
      }
      return turn.say('customer.ringing', 'carrier', 'The customer’s phone rings.');
    case 'answered':
      if (leg.answeredAt !== null) return turn.absorb('answered already');
      turn.setLeg('customer', { answeredAt: Math.min(turn.at, awayAt(leg) ?? turn.at) });
      turn.say('customer.answered', 'customer', 'The customer answered.');
      return connectIfBoth(turn);
  }
}

export function legFinished(turn: Turn, fact: LegFinished): void {
  if (adopt(turn, fact.leg, fact.sid) === 'stray') return turn.absorb('a stray leg');
  const leg = turn.call.legs[fact.leg];
  if (leg.standing === 'gone') return turn.absorb('gone already');
  turn.setLeg(fact.leg, { standing: 'gone', goneAt: turn.at });
  const who = fact.leg === 'agent' ? 'The agent’s leg' : 'The customer’s leg';
  turn.say(`${fact.leg}.gone`, 'carrier', `${who} is gone (${HOW[fact.how]}).`, fact.detail);
  if (isOver(turn.call)) return;
  if (fact.leg === 'agent') agentPhoneIsGone(turn, fact.how);
  else customerIsGone(turn, fact.how);
}

const HOW: Record<FinishedHow, string> = {
  completed: 'completed',
  busy: 'busy',
  no_answer: 'no answer',
  cancelled: 'cancelled',
  not_in_service: 'not in service',
  refused: 'refused',
  no_codec: 'no codec agreed on',
  failed: 'failed',
};

/**
 * What the customer's leg says about the ending. "Completed" and "cancelled" do not say whose doing
 * it was; the room does.
 */
export function customerIsGone(turn: Turn, how: FinishedHow): void {
  if (turn.call.state === 'connected') {
    const lost = how !== 'completed';
    return lost
      ? endCall(turn, { endedBy: 'system', reason: 'carrier_failed' })
      : endSoon(turn, { endedBy: 'customer', reason: 'customer_hung_up' });
  }
  switch (how) {
    case 'busy':
      return endCall(turn, { endedBy: 'customer', reason: 'customer_busy' });
    case 'no_answer':
      return endCall(turn, { endedBy: 'system', reason: 'customer_did_not_answer' });
    case 'not_in_service':
      return endCall(turn, { endedBy: 'system', reason: 'number_not_in_service' });
    case 'refused':
      return endCall(turn, { endedBy: 'system', reason: 'carrier_refused' });
    case 'no_codec':
      return endCall(turn, { endedBy: 'system', reason: 'carrier_no_codec' });
    case 'failed':
      return endCall(turn, { endedBy: 'system', reason: 'carrier_failed' });
    case 'cancelled':
      return endSoon(turn, { endedBy: 'system', reason: 'carrier_failed' });
    case 'completed':
      return endSoon(turn, { endedBy: 'customer', reason: 'customer_hung_up' });
  }
}

/** Somebody looked and found the leg there. Only news once it should be gone. */
export function legAlive(turn: Turn, fact: LegAlive): void {
  if (adopt(turn, fact.leg, fact.sid) === 'stray') {
    turn.does({ kind: 'end_leg', leg: fact.leg, sid: fact.sid });
    return;
  }
  if (!isOver(turn.call)) return turn.absorb('it should be there');
  const detail: Detail = { sid: fact.sid };
  turn.say(`${fact.leg}.still_there`, 'carrier', 'A leg is still there; ending it again.', detail);
  turn.does({ kind: 'end_leg', leg: fact.leg, sid: fact.sid });
}
