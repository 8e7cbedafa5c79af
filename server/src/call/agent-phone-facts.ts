import type { EndReason } from '@offhook/contract';
import { agentIsAway } from './agent-facts.ts';
import { awayAt, isOver } from './call.ts';
import { RING_SLACK_MS } from './dial-facts.ts';
import { endCall } from './ending.ts';
import type { AgentDialled, AgentNotDialled, FinishedHow, LegProgress } from './facts.ts';
import { adopt } from './legs.ts';
import type { Turn } from './turn.ts';

/** Rings the agent's SIP phone, as the first thing a call does. Asked for once in its life. */
export function dialAgent(turn: Turn): void {
  const { limits } = turn.call;
  turn.setLeg('agent', { standing: 'asked' });
  turn.does({ kind: 'dial_agent' });
  turn.does({
    kind: 'set_deadline',
    which: 'agent_join',
    at: turn.at + limits.ringMs + RING_SLACK_MS,
  });
  turn.say('agent.dialling', 'system', 'Ringing the agent’s phone.');
}

export function agentDialled(turn: Turn, fact: AgentDialled): void {
  const knownSid = turn.call.legs.agent.sid === fact.sid;
  if (adopt(turn, 'agent', fact.sid) === 'stray') {
    return turn.absorb('the call has no use for this leg');
  }
  if (knownSid) return turn.absorb('this leg is known');
  turn.say('agent.dialled', 'carrier', 'The carrier took the call to the agent’s phone.', {
    sid: fact.sid,
  });
}

export function agentNotDialled(turn: Turn, fact: AgentNotDialled): void {
  if (turn.call.legs.agent.standing !== 'asked') {
    return turn.absorb('the agent’s leg is known or gone');
  }
  turn.setLeg('agent', { standing: 'gone' });
  turn.say('agent.not_dialled', 'carrier', NOT_DIALLED_TEXT[fact.why], fact.detail);
  // What ended the call before its phone rang has said so already.
  if (fact.why === 'cancelled') return;
  endCall(turn, { endedBy: 'system', reason: NOT_DIALLED_REASON[fact.why] });
}

const NOT_DIALLED_TEXT = {
  cancelled: 'The agent’s phone was not rung: the call was over before.',
  refused: 'The carrier refused to ring the agent’s phone.',
  not_in_service: 'The carrier does not know the agent’s phone.',
  failed: 'The carrier could not be reached, so the agent’s phone was not rung.',
  unknown: 'Nobody can say whether the agent’s phone was rung.',
} as const satisfies Record<AgentNotDialled['why'], string>;

const NOT_DIALLED_REASON = {
  refused: 'agent_phone_unreachable',
  not_in_service: 'agent_phone_unreachable',
  failed: 'carrier_failed',
  unknown: 'carrier_failed',
} as const satisfies Record<Exclude<AgentNotDialled['why'], 'cancelled'>, EndReason>;

/** A browser's leg has no stages: it is answered by entering the room. */
export function agentPhoneProgress(turn: Turn, stage: LegProgress['stage']): void {
  const { call, at } = turn;
  const leg = call.legs.agent;
  if (call.agent.sipUri === undefined) return turn.absorb('a browser’s leg has no stages');
  switch (stage) {
    case 'initiated':
      return turn.absorb('dialling is known');
    case 'ringing':
      if (isOver(call) || leg.standing === 'gone') return turn.absorb('too late to ring');
      if (leg.ringingAt !== undefined || leg.answeredAt !== null || leg.joinedAt !== null) {
        return turn.absorb('ringing or answered already');
      }
      turn.setLeg('agent', { ringingAt: at });
      return turn.say('agent.ringing', 'carrier', 'The agent’s phone rings.');
    case 'answered':
      if (leg.answeredAt !== null) return turn.absorb('answered already');
      turn.setLeg('agent', { answeredAt: Math.min(at, awayAt(leg) ?? at) });
      return turn.say('agent.answered', 'agent', 'The agent picked up.');
  }
}

/** The agent's leg is over: a phone that nobody spoke through says why. */
export function agentPhoneIsGone(turn: Turn, how: FinishedHow): void {
  const { agent, legs } = turn.call;
  if (agent.sipUri === undefined) return agentIsAway(turn);
  if (legs.agent.joinedAt === null) {
    const reason = NEVER_JOINED[how];
    if (reason !== null) return endCall(turn, { endedBy: 'system', reason });
  }
  if (how === 'failed' || how === 'refused' || how === 'no_codec') {
    return endCall(turn, { endedBy: 'agent', reason: 'agent_left' });
  }
  agentIsAway(turn);
}

/** Null: it was picked up, or cancelled by somebody at the carrier, and is put down now. */
const NEVER_JOINED: Record<FinishedHow, EndReason | null> = {
  completed: null,
  cancelled: null,
  busy: 'agent_phone_busy',
  no_answer: 'agent_phone_not_answered',
  not_in_service: 'agent_phone_unreachable',
  refused: 'agent_phone_unreachable',
  no_codec: 'agent_phone_unreachable',
  failed: 'agent_phone_unreachable',
};
