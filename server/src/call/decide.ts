import { type CallRecord, type NewCall, newLeg } from './call.ts';
import type { Fact } from './facts.ts';
import { type Decision, Turn } from './turn.ts';
import { agentDialled, agentNotDialled, dialAgent } from './agent-phone-facts.ts';
import { agentLegAsked, hangUpAsked } from './agent-facts.ts';
import { customerDialled, customerNotDialled } from './dial-facts.ts';
import { legAlive, legFinished, legProgress } from './leg-facts.ts';
import { joined, left, roomEnded } from './room-facts.ts';
import { deadlinePassed } from './deadline-facts.ts';
import { recordingFact } from './recording-facts.ts';
import { settle } from './ending.ts';

/*
 *              agent joined            phone rings          answered and in the room
 *  connecting ─────────────► dialling ────────────► ringing ───────────────────────► connected
 *      │                        │  ╰──────────────────────────────────────────────────► │
 *      ╰────────────────────────┴───────────┬─────────╯                                 │
 *                                           ▼                                           │
 *                 every leg gone ◄── ending ◄───────────────────────────────────────────╯
 *                       │
 *                       ▼
 *                     ended
 *
 *  An agent with a SIP phone joins by picking up: the phone rings while the call is connecting.
 *
 *  A call moves only forward. Into `ending` leads exactly one door, `endCall` in ending.ts; out of
 *  it another, `settle`.
 */

/** A call begins: the agent's browser is to connect its leg, or the agent's SIP phone is rung. */
export function begin(wanted: NewCall, at: number): Decision {
  const call: CallRecord = {
    id: wanted.id,
    version: 1,
    direction: 'outbound',
    state: 'connecting',
    agent: wanted.agent,
    customer: wanted.customer,
    createdAt: at,
    ringingAt: null,
    connectedAt: null,
    endedAt: null,
    outcome: null,
    endedBy: null,
    endReason: null,
    recording: null,
    legs: { agent: newLeg(wanted.agentLegId), customer: newLeg(wanted.customerLegId) },
    strays: [],
    room: null,
    loose: null,
    // A SIP phone that is put down is no browser that may come back.
    limits:
      wanted.agent.sipUri === undefined ? wanted.limits : { ...wanted.limits, agentGraceMs: 0 },
  };
  const turn = new Turn(call, at);
  turn.say('call.created', 'agent', `${wanted.agent.name} calls ${wanted.customer.number}.`);
  if (wanted.agent.sipUri === undefined) {
    turn.does({ kind: 'set_deadline', which: 'agent_join', at: at + wanted.limits.agentJoinMs });
  } else {
    dialAgent(turn);
  }
  turn.does({ kind: 'set_deadline', which: 'life', at: at + wanted.limits.maxCallMs });
  return turn.decision();
}

/**
 * The rules: a call and a fact in, the call and what to do out. Pure; `at` is the moment (ms since
 * 1970) the fact is taken to have happened. Never throws on a late, repeated or senseless fact.
 */
export function decide(call: CallRecord, fact: Fact, at: number): Decision {
  const turn = new Turn(call, at);
  consider(turn, fact);
  settle(turn);
  return turn.decision();
}

function consider(turn: Turn, fact: Fact): void {
  switch (fact.kind) {
    case 'hang_up_asked':
      return hangUpAsked(turn, fact);
    case 'agent_leg_asked':
      return agentLegAsked(turn, fact);
    case 'agent_dialled':
      return agentDialled(turn, fact);
    case 'agent_not_dialled':
      return agentNotDialled(turn, fact);
    case 'customer_dialled':
      return customerDialled(turn, fact);
    case 'customer_not_dialled':
      return customerNotDialled(turn, fact);
    case 'leg_progress':
      return legProgress(turn, fact);
    case 'leg_finished':
      return legFinished(turn, fact);
    case 'leg_alive':
      return legAlive(turn, fact);
    case 'joined':
      return joined(turn, fact);
    case 'left':
      return left(turn, fact);
    case 'room_ended':
      return roomEnded(turn, fact);
    case 'deadline_passed':
      return deadlinePassed(turn, fact);
    case 'recording_started':
    case 'recording_finished':
    case 'recording_ready':
    case 'recording_failed':
    case 'recording_absent':
      return recordingFact(turn, fact);
  }
}
