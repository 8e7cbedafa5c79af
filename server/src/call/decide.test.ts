import { describe, expect, test } from 'vitest';
import { present } from './present.ts';
import {
  ROOM,
  AGENT,
  CUSTOMER,
  Story,
  asked,
  agentJoined,
  dialled,
  progress,
  customerJoined,
  finished,
  left,
  roomEnded,
  hangUp,
  RINGING,
  CONNECTED,
} from './test-story.ts';

describe('a call that works', () => {
  test('walks from connecting to connected, dialling once the agent is in the room', () => {
    const story = new Story();
    expect(story.call.state).toBe('connecting');
    story.tell(asked);
    expect(story.did('dial_customer')).toHaveLength(0);
    story.tell(agentJoined);
    expect(story.call.state).toBe('dialling');
    expect(story.did('dial_customer')).toHaveLength(1);
    story.tell(dialled, progress('initiated'), progress('ringing'));
    expect(story.call.state).toBe('ringing');
    story.tell(progress('answered'));
    expect(story.call.state).toBe('ringing');
    story.tell(customerJoined);
    expect(story.call.state).toBe('connected');
  });

  test('connects in the other order too: early media puts the leg in the room first', () => {
    const story = new Story().tell(...RINGING, customerJoined);
    expect(story.call.state).toBe('ringing');
    expect(story.tell(progress('answered')).call.state).toBe('connected');
  });

  test('counts ring time to the answer and talk time from connected to the end', () => {
    const story = new Story().tell(...CONNECTED, left('customer', 'hung_up'));
    const shown = present(story.call);
    expect(shown.ringMs).toBe(1000);
    expect(shown.talkMs).toBe(1000);
    expect(shown.createdAt).toBe('2026-11-22T14:37:00.000Z');
  });
});

describe('who hung up', () => {
  test('the customer: the room says so', () => {
    const story = new Story().tell(...CONNECTED, left('customer', 'hung_up'));
    expect(story.ending()).toEqual({
      state: 'ending',
      outcome: 'completed',
      endedBy: 'customer',
      endReason: 'customer_hung_up',
    });
    expect(story.did('end_leg')).toHaveLength(2);
    story.tell(finished('customer', 'completed'), finished('agent', 'completed'));
    expect(story.call.state).toBe('ended');
  });

  test('the customer, told by the leg first: waits for the room’s word', () => {
    const story = new Story().tell(...CONNECTED, finished('customer', 'completed'));
    expect(story.call.state).toBe('connected');
    story.tell(left('agent', 'room_ended'));
    expect(story.ending()).toMatchObject({ endedBy: 'customer', endReason: 'customer_hung_up' });
  });

  test('the agent’s tab, told by the customer’s leg first', () => {
    const story = new Story().tell(...CONNECTED, finished('customer', 'completed'));
    story.tell(left('customer', 'room_ended'));
    expect(story.ending()).toMatchObject({ endedBy: 'agent', endReason: 'agent_left' });
  });

  test('nobody says: after a while the likeliest is taken', () => {
    const story = new Story().tell(...CONNECTED, finished('customer', 'completed'));
    story.tell({ kind: 'deadline_passed', which: 'explain' });
    expect(story.ending()).toMatchObject({ endReason: 'customer_hung_up' });
  });

  test('the agent, by pressing End: later news changes nothing', () => {
    const story = new Story().tell(...CONNECTED, hangUp);
    story.tell(left('customer', 'hung_up'), roomEnded(CUSTOMER));
    story.tell(finished('customer', 'completed'), finished('agent', 'completed'));
    expect(story.ending()).toEqual({
      state: 'ended',
      outcome: 'completed',
      endedBy: 'agent',
      endReason: 'agent_hung_up',
    });
  });

  test('the agent’s tab is closed', () => {
    const story = new Story().tell(...CONNECTED, left('agent', 'hung_up'));
    expect(story.ending()).toMatchObject({ outcome: 'completed', endReason: 'agent_left' });
  });
});

describe('calls that do not work', () => {
  test.each([
    ['busy', 'busy', 'customer', 'customer_busy'],
    ['no_answer', 'no_answer', 'system', 'customer_did_not_answer'],
    ['not_in_service', 'failed', 'system', 'number_not_in_service'],
    ['refused', 'failed', 'system', 'carrier_refused'],
    ['no_codec', 'failed', 'system', 'carrier_no_codec'],
    ['failed', 'failed', 'system', 'carrier_failed'],
  ] as const)('%s', (how, outcome, endedBy, endReason) => {
    const story = new Story().tell(...RINGING, finished('customer', how));
    expect(story.ending()).toEqual({ state: 'ending', outcome, endedBy, endReason });
    // Nothing ends by itself: the server takes the agent's leg down.
    expect(story.did('end_leg')).toEqual([{ kind: 'end_leg', leg: 'agent', sid: AGENT }]);
    expect(story.did('end_room')).toEqual([{ kind: 'end_room', roomSid: ROOM }]);
  });

  test('busy with early media: the room ends first, the leg says why', () => {
    const story = new Story().tell(...RINGING, customerJoined, roomEnded(CUSTOMER));
    expect(story.call.state).toBe('ringing');
    story.tell(finished('customer', 'busy'));
    expect(story.ending()).toMatchObject({ outcome: 'busy', endReason: 'customer_busy' });
  });

  test('the agent presses End while the phone rings', () => {
    const story = new Story().tell(...RINGING, hangUp);
    expect(story.ending()).toMatchObject({ outcome: 'cancelled', endReason: 'agent_hung_up' });
    expect(story.did('end_leg')).toHaveLength(2);
  });

  test('the agent presses End before the dial is known: the leg is ended when it is', () => {
    const story = new Story().tell(asked, agentJoined, hangUp);
    story.tell(finished('agent', 'completed'));
    expect(story.call.state).toBe('ending');
    story.tell(dialled);
    expect(story.did('end_leg')).toContainEqual({
      kind: 'end_leg',
      leg: 'customer',
      sid: CUSTOMER,
    });
    expect(story.tell(finished('customer', 'cancelled')).call.state).toBe('ended');
  });

  test('the agent presses End before the phone connects: nothing is left to end', () => {
    const story = new Story().tell(hangUp);
    expect(story.ending()).toMatchObject({ state: 'ended', outcome: 'cancelled' });
    story.tell(asked);
    expect(story.did('end_leg')).toEqual([{ kind: 'end_leg', leg: 'agent', sid: AGENT }]);
  });

  test('the agent’s phone never connects', () => {
    const story = new Story().tell({ kind: 'deadline_passed', which: 'agent_join' });
    expect(story.ending()).toMatchObject({ outcome: 'failed', endReason: 'agent_never_joined' });
  });

  test.each([
    ['refused', 'carrier_refused'],
    ['not_in_service', 'number_not_in_service'],
    ['failed', 'carrier_failed'],
    ['unknown', 'carrier_unknown'],
  ] as const)('not dialled: %s', (why, endReason) => {
    const story = new Story().tell(asked, agentJoined);
    story.tell({ kind: 'customer_not_dialled', why, detail: {} });
    expect(story.ending()).toMatchObject({ outcome: 'failed', endedBy: 'system', endReason });
  });

  test('a leg that turns up after the call was given up is ended', () => {
    const story = new Story().tell(asked, agentJoined);
    story.tell({ kind: 'customer_not_dialled', why: 'unknown', detail: {} });
    story.tell(finished('agent', 'completed'), progress('ringing'));
    expect(story.call.state).toBe('ended');
    expect(story.did('end_leg')).toContainEqual({
      kind: 'end_leg',
      leg: 'customer',
      sid: CUSTOMER,
    });
  });

  test('the longest permitted life ends a call that works', () => {
    const story = new Story().tell(...CONNECTED, { kind: 'deadline_passed', which: 'life' });
    expect(story.ending()).toMatchObject({ outcome: 'completed', endReason: 'time_limit' });
  });

  test('when nobody confirms that the legs are gone, the call still ends', () => {
    const story = new Story().tell(...CONNECTED, hangUp);
    story.tell({ kind: 'deadline_passed', which: 'give_up' });
    expect(story.call.state).toBe('ended');
    expect(story.kinds).toContain('call.unconfirmed');
  });
});

describe('a second phone', () => {
  test('that asks for the same call is sent away', () => {
    const story = new Story().tell(...CONNECTED, { kind: 'agent_leg_asked', sid: 'CA-second' });
    expect(story.call.state).toBe('connected');
    expect(story.did('end_leg')).toEqual([{ kind: 'end_leg', leg: 'agent', sid: 'CA-second' }]);
  });
});

describe('the recording', () => {
  const detail = {};

  test('goes from started to ready, also after the call has ended', () => {
    const story = new Story().tell(...CONNECTED);
    story.tell({ kind: 'recording_started', recordingId: 'RE1', detail });
    expect(story.call.recording?.state).toBe('recording');
    story.tell(hangUp, finished('customer', 'completed'), finished('agent', 'completed'));
    story.tell({ kind: 'recording_finished', recordingId: 'RE1', durationMs: 3000, detail });
    expect(story.did('fetch_recording')).toEqual([{ kind: 'fetch_recording', recordingId: 'RE1' }]);
    story.tell({
      kind: 'recording_ready',
      recordingId: 'RE1',
      durationMs: 3010,
      flags: [],
      detail,
    });
    story.tell({ kind: 'recording_started', recordingId: 'RE1', detail });
    expect(story.call.recording).toMatchObject({ state: 'ready', durationMs: 3010 });
    expect(story.call.state).toBe('ended');
  });

  test('absent says why', () => {
    const story = new Story().tell(...CONNECTED);
    story.tell({ kind: 'recording_absent', recordingId: 'RE1', problem: 'disk_full', detail });
    expect(story.call.recording).toMatchObject({ state: 'absent', problem: 'disk_full' });
  });
});
