import { describe, expect, test } from 'vitest';
import { mayRing } from './call.ts';
import { present } from './present.ts';
import {
  AGENT,
  CONNECTED,
  PICKED_UP,
  RINGING,
  Story,
  WITH_PHONE,
  agentDialled,
  agentJoined,
  agentProgress,
  finished,
  hangUp,
  left,
  roomEnded,
} from './test-story.ts';
import type { FinishedHow } from './facts.ts';

const withPhone = (limits = {}) => new Story(limits, WITH_PHONE);

describe('an agent with a SIP phone', () => {
  test('is rung first, and the customer once the agent is in the room', () => {
    const story = withPhone();
    expect(story.effects[0]).toEqual({ kind: 'dial_agent' });
    expect(present(story.call).agent.phone).toBe('sip');
    story.tell(...PICKED_UP);
    expect(story.did('dial_customer')).toHaveLength(0);
    expect(story.call.state).toBe('connecting');
    story.tell(agentJoined);
    expect(story.did('dial_customer')).toHaveLength(1);
    expect(story.kinds).toEqual([
      'call.created',
      'agent.dialling',
      'agent.dialled',
      'agent.ringing',
      'agent.answered',
      'agent.joined',
      'customer.dialling',
    ]);
  });

  test('has as long as the phone may ring to pick up, and a little for the news of it', () => {
    const story = withPhone({ ringMs: 30_000, agentJoinMs: 1000 });
    const deadlines = story.did('set_deadline');
    const join = { kind: 'set_deadline', which: 'agent_join', at: story.call.createdAt + 45_000 };
    expect(deadlines).toContainEqual(join);
    story.tell(agentDialled, agentProgress('ringing'));
    story.tell({ kind: 'deadline_passed', which: 'agent_join' });
    expect(story.ending()).toMatchObject({ endReason: 'agent_phone_not_answered' });
    expect(story.did('end_leg')).toEqual([{ kind: 'end_leg', leg: 'agent', sid: AGENT }]);
  });

  test.each<[FinishedHow, string]>([
    ['busy', 'agent_phone_busy'],
    ['no_answer', 'agent_phone_not_answered'],
    ['not_in_service', 'agent_phone_unreachable'],
    ['refused', 'agent_phone_unreachable'],
    ['no_codec', 'agent_phone_unreachable'],
    ['failed', 'agent_phone_unreachable'],
    ['completed', 'agent_hung_up'],
    ['cancelled', 'agent_hung_up'],
  ])('whose phone ends as %s before the room: %s, and nobody is dialled', (how, endReason) => {
    const story = withPhone().tell(agentDialled, agentProgress('ringing'), finished('agent', how));
    expect(story.ending()).toMatchObject({ state: 'ended', endReason });
    expect(story.call.outcome).toBe(endReason === 'agent_hung_up' ? 'cancelled' : 'failed');
    expect(story.did('dial_customer')).toHaveLength(0);
  });

  test.each([
    ['refused', 'agent_phone_unreachable'],
    ['not_in_service', 'agent_phone_unreachable'],
    ['failed', 'carrier_failed'],
    ['unknown', 'carrier_failed'],
  ] as const)('whose phone was not rung (%s): %s', (why, endReason) => {
    const story = withPhone().tell({ kind: 'agent_not_dialled', why, detail: {} });
    expect(story.ending()).toMatchObject({ state: 'ended', outcome: 'failed', endReason });
  });

  test('who presses End while the phone rings: its leg is cancelled', () => {
    const story = withPhone().tell(agentDialled, agentProgress('ringing'));
    expect(mayRing(story.call, 'agent')).toBe(true);
    story.tell(hangUp);
    expect(story.ending()).toMatchObject({ outcome: 'cancelled', endReason: 'agent_hung_up' });
    expect(story.did('end_leg')).toEqual([{ kind: 'end_leg', leg: 'agent', sid: AGENT }]);
    story.tell(finished('agent', 'cancelled'));
    expect(story.call.state).toBe('ended');
  });

  test('who presses End before the carrier answered: the leg is ended the moment it is known', () => {
    const story = withPhone().tell(hangUp);
    expect(story.call.state).toBe('ending');
    story.tell(agentDialled);
    expect(story.did('end_leg')).toEqual([{ kind: 'end_leg', leg: 'agent', sid: AGENT }]);
    const never = withPhone().tell(hangUp);
    never.tell({ kind: 'agent_not_dialled', why: 'cancelled', detail: {} });
    expect(never.call.state).toBe('ended');
  });

  test('who puts the phone down has hung up, grace period or not', () => {
    const story = withPhone({ agentGraceMs: 5000 }).tell(...PICKED_UP, ...CONNECTED.slice(1));
    expect(story.call.state).toBe('connected');
    story.tell(left('agent', 'hung_up'));
    expect(story.ending()).toMatchObject({ outcome: 'completed', endReason: 'agent_hung_up' });
    const byRoom = withPhone().tell(...PICKED_UP, ...CONNECTED.slice(1), roomEnded(AGENT));
    expect(byRoom.ending()).toMatchObject({ endedBy: 'agent', endReason: 'agent_hung_up' });
  });

  test('whose phone is lost in mid-call has left', () => {
    const story = withPhone().tell(
      ...PICKED_UP,
      ...CONNECTED.slice(1),
      finished('agent', 'failed'),
    );
    expect(story.ending()).toMatchObject({ outcome: 'completed', endReason: 'agent_left' });
  });

  test('of whom every message comes twice, and some late, is rung once', () => {
    const story = withPhone();
    for (const fact of [...PICKED_UP, ...RINGING.slice(1)]) story.tell(fact, fact);
    const { length } = story.kinds;
    story.tell(agentProgress('ringing'), agentProgress('answered'), agentDialled);
    expect(story.kinds).toHaveLength(length);
    expect(story.did('dial_agent')).toHaveLength(1);
    expect(story.did('dial_customer')).toHaveLength(1);
  });
});
