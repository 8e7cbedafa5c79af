import { isOver, leavingMeans } from './call.ts';
import { endCall } from './ending.ts';
import type { AgentLegAsked, HangUpAsked } from './facts.ts';
import { adopt } from './legs.ts';
import { durationText } from './texts.ts';
import type { Turn } from './turn.ts';

/**
 * The browser sends End to us and then hangs up its leg; over a bad network the hang-up can be first.
 * As long after it as this, End is still what it was.
 */
const END_MAY_BE_LATE_MS = 10_000;

export function hangUpAsked(turn: Turn, fact: HangUpAsked): void {
  const { call, at } = turn;
  if (!isOver(call)) {
    turn.say('call.hang_up_asked', 'agent', `${fact.by} pressed End.`);
    return endCall(turn, { endedBy: 'agent', reason: 'agent_hung_up' });
  }
  const late = at - (call.endedAt ?? at);
  if (call.endReason !== 'agent_left' || late > END_MAY_BE_LATE_MS) {
    return turn.absorb('the call is ending or has ended');
  }
  // "The leg is gone" was all we knew, and what the carrier can say; this explains it.
  turn.set({ endReason: 'agent_hung_up' });
  turn.say('call.hang_up_asked', 'agent', `${fact.by} had pressed End; we hear of it late.`);
}

export function agentLegAsked(turn: Turn, fact: AgentLegAsked): void {
  const knownSid = turn.call.legs.agent.sid === fact.sid;
  if (adopt(turn, 'agent', fact.sid) === 'stray') {
    return turn.absorb('the call has no use for this leg');
  }
  if (knownSid) return turn.absorb('asked before');
  turn.say('agent.connecting', 'agent', 'The agent’s phone is connecting.', { sid: fact.sid });
}

/** The agent left the customer alone, and is in the room again. */
export function agentIsBack(turn: Turn): void {
  turn.say('agent.back', 'agent', 'The agent is back; the customer is no longer held.');
  turn.does({ kind: 'settle_hold' });
}

/**
 * The agent's leg is gone or has left the room, and not by the agent pressing End. With a grace
 * period the customer is kept for that long.
 */
export function agentIsAway(turn: Turn): void {
  const { call, at } = turn;
  if (isOver(call)) return;
  const { agentGraceMs } = call.limits;
  if (call.state === 'connected' && agentGraceMs > 0 && call.room?.ended === false) {
    const { leftAt, goneAt } = call.legs.agent;
    if (leftAt !== null && goneAt !== null) return turn.absorb('the agent is away already');
    const wait = durationText(agentGraceMs);
    turn.say('agent.away', 'system', `The customer is held; the agent has ${wait} to come back.`);
    turn.does({ kind: 'settle_hold' });
    turn.does({ kind: 'set_deadline', which: 'grace', at: at + agentGraceMs });
    return;
  }
  endCall(turn, { endedBy: 'agent', reason: leavingMeans(call) });
}
