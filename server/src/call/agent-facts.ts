import { isOver } from './call.ts';
import { endCall } from './ending.ts';
import type { AgentLegAsked, HangUpAsked } from './facts.ts';
import { adopt } from './legs.ts';
import type { Turn } from './turn.ts';

export function hangUpAsked(turn: Turn, fact: HangUpAsked): void {
  if (isOver(turn.call)) return turn.absorb('the call is ending or has ended');
  turn.say('call.hang_up_asked', 'agent', `${fact.by} pressed End.`);
  endCall(turn, { endedBy: 'agent', reason: 'agent_hung_up' });
}

export function agentLegAsked(turn: Turn, fact: AgentLegAsked): void {
  const knownSid = turn.call.legs.agent.sid === fact.sid;
  if (adopt(turn, 'agent', fact.sid) === 'stray') {
    return turn.absorb('the call has no use for this leg');
  }
  if (knownSid) return turn.absorb('asked before');
  turn.say('agent.connecting', 'agent', 'The agent’s phone is connecting.', { sid: fact.sid });
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
    turn.does({ kind: 'set_deadline', which: 'grace', at: at + agentGraceMs });
    return;
  }
  endCall(turn, { endedBy: 'agent', reason: 'agent_left' });
}
