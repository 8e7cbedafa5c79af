import { describe, expect, test } from 'vitest';
import { isCustomerAlone } from './call.ts';
import { ROOM, Story, progress, finished, left, hangUp, CONNECTED } from './test-story.ts';

describe('the agent hung up', () => {
  test('also where End is heard of after the hang-up that followed it', () => {
    const gone = new Story().tell(...CONNECTED, left('agent', 'hung_up'));
    expect(gone.ending()).toMatchObject({ endReason: 'agent_left' });
    const { endedAt } = gone.call;
    gone.tell(finished('agent', 'completed'), finished('customer', 'completed'), hangUp);
    expect(gone.ending()).toEqual({
      state: 'ended',
      outcome: 'completed',
      endedBy: 'agent',
      endReason: 'agent_hung_up',
    });
    expect(gone.call.endedAt).toBe(endedAt);
    // Told again, or after another's hang-up, it changes nothing.
    const { length } = gone.kinds;
    expect(gone.tell(hangUp).kinds).toHaveLength(length);
    const customers = new Story().tell(...CONNECTED, left('customer', 'hung_up'), hangUp);
    expect(customers.ending()).toMatchObject({ endReason: 'customer_hung_up' });
  });

  test('not where End is pressed long after the browser was gone ', () => {
    const gone = new Story().tell(...CONNECTED, left('agent', 'hung_up'));
    gone.tell(...Array.from({ length: 10 }, () => progress('initiated')), hangUp);
    expect(gone.ending()).toMatchObject({ endReason: 'agent_left' });
  });
});

describe('the agent’s leg is gone', () => {
  test('may take over within the grace period', () => {
    const story = new Story({ agentGraceMs: 5000 }).tell(...CONNECTED, left('agent', 'hung_up'));
    expect(story.call.state).toBe('connected');
    expect(story.did('set_deadline')).toContainEqual(expect.objectContaining({ which: 'grace' }));
    expect(isCustomerAlone(story.call)).toBe(true);
    // The same news once more, from the leg itself, does not begin the wait anew.
    story.tell(finished('agent', 'completed'));
    expect(story.did('settle_hold')).toHaveLength(1);
    story.tell({ kind: 'agent_leg_asked', sid: 'CA-back' });
    expect(isCustomerAlone(story.call)).toBe(true);
    story.tell({ kind: 'joined', leg: 'agent', sid: 'CA-back', roomSid: ROOM });
    expect(isCustomerAlone(story.call)).toBe(false);
    expect(story.did('settle_hold')).toHaveLength(2);
    story.tell({ kind: 'deadline_passed', which: 'grace' });
    expect(story.call.state).toBe('connected');
    expect(story.did('dial_customer')).toHaveLength(1);
  });

  test('that asked to come back and never arrived does not keep the customer waiting', () => {
    const story = new Story({ agentGraceMs: 5000 }).tell(...CONNECTED, left('agent', 'hung_up'));
    story.tell({ kind: 'agent_leg_asked', sid: 'CA-back' });
    story.tell({ kind: 'deadline_passed', which: 'grace' });
    expect(story.ending()).toMatchObject({ endedBy: 'agent', endReason: 'agent_left' });
  });

  test('that does not come within the grace period ends the call', () => {
    const story = new Story({ agentGraceMs: 5000 }).tell(...CONNECTED, left('agent', 'hung_up'));
    story.tell({ kind: 'deadline_passed', which: 'grace' });
    expect(story.ending()).toMatchObject({ endedBy: 'agent', endReason: 'agent_left' });
  });
});
