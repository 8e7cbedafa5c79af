import type { EndReason } from '@offhook/contract';
import { type CallRecord, isCustomerAlone, isOver } from './call.ts';
import { endCall, giveUp } from './ending.ts';
import type { Deadline, DeadlinePassed } from './facts.ts';
import type { Turn } from './turn.ts';

/** Whether this deadline, were it to pass now, would mean anything to the call. */
export function deadlineMatters(call: CallRecord, which: Deadline): boolean {
  switch (which) {
    case 'agent_join':
      return call.state === 'connecting';
    case 'ring':
      return call.state === 'dialling' || call.state === 'ringing';
    case 'life':
      return !isOver(call);
    case 'explain':
      return !isOver(call) && call.loose !== null;
    case 'grace':
      return isCustomerAlone(call);
    case 'confirm':
    case 'give_up':
      return call.state === 'ending';
  }
}

export function deadlinePassed(turn: Turn, { which }: DeadlinePassed): void {
  const { call } = turn;
  if (!deadlineMatters(call, which)) return turn.absorb('no longer of interest');
  switch (which) {
    case 'agent_join':
      return endCall(turn, { endedBy: 'system', reason: neverJoined(call) });
    case 'ring':
      return endCall(turn, {
        endedBy: 'system',
        // Answered and still not in the room: the carrier lost it on the way.
        reason:
          call.legs.customer.answeredAt === null ? 'customer_did_not_answer' : 'carrier_failed',
      });
    case 'life':
      return endCall(turn, { endedBy: 'system', reason: 'time_limit' });
    case 'explain':
      return endCall(turn, call.loose?.guess ?? { endedBy: 'system', reason: 'carrier_failed' });
    case 'grace':
      return endCall(turn, { endedBy: 'agent', reason: 'agent_left' });
    case 'confirm':
      return turn.does({ kind: 'look', at: turn.at });
    case 'give_up':
      return giveUp(turn);
  }
}

/** A SIP phone that was picked up and still is in no room was lost on the way, as a browser is. */
function neverJoined({ agent, legs }: CallRecord): EndReason {
  return agent.sipUri === undefined || legs.agent.answeredAt !== null
    ? 'agent_never_joined'
    : 'agent_phone_not_answered';
}
