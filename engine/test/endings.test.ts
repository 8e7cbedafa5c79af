import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CUSTOMER_HZ, House } from './support/house.ts';

let house: House;
beforeEach(async () => {
  house = await House.open();
});
afterEach(() => house.close());

const ADA = '+447700900001';

describe('a customer who does not answer', () => {
  it.each([
    ['is busy', '+447700900002', 'busy', '486'],
    ['lets it ring', '+447700900003', 'no-answer', '487'],
    ['has no such number', '+447700900006', 'failed', '404'],
    ['is unknown to everybody', '+447700900555', 'failed', '404'],
    ['has no phone switched on', '+447700900008', 'no-answer', '480'],
  ] as const)('%s: %s is %s', async (_, number, status, sipCode) => {
    const { leg, conferenceSid } = await house.agentInRoom();
    const { callSid } = await house.customer(conferenceSid, number, 5);
    const { fields } = await house.leg(status);
    expect(fields).toMatchObject({ CallSid: callSid, SipResponseCode: sipCode, CallDuration: '0' });
    const left = await house.news('participant-leave');
    expect(left.fields).toMatchObject({
      CallSid: callSid,
      ParticipantCallStatus: status,
      ReasonParticipantLeft: 'participant_add_failed',
    });
    // The agent is still there, until the application ends the leg.
    const { status: agent } = await house.client.calls(leg.sid ?? '').fetch();
    expect(agent).toBe('in-progress');
    await house.client.calls(leg.sid ?? '').update({ status: 'completed' });
    await leg.ended;
    expect((await house.client.conferences(conferenceSid).fetch()).status).toBe('completed');
    expect(await house.client.recordings.list()).toHaveLength(0);
  });
});

describe('who hangs up', () => {
  it('the customer, and the agent hears of it', async () => {
    const { leg, conferenceSid } = await house.agentInRoom();
    const { callSid } = await house.customer(conferenceSid, '+447700900004');
    await leg.ended;
    expect((await house.news('conference-end')).fields).toMatchObject({
      CallSidEndingConference: callSid,
      ParticipantLabelEndingConference: 'leg_1',
    });
    const left = house.application
      .at('/conference')
      .filter(({ fields }) => fields.StatusCallbackEvent === 'participant-leave');
    expect(left.map(({ fields }) => fields.ReasonParticipantLeft)).toEqual([
      'participant_hung_up',
      'moderator_ended_conference',
    ]);
    expect(left[0]?.fields.ParticipantCallStatus).toBe('completed');
  });

  it('the agent, while the phone rings: it stops ringing', async () => {
    const phone = await house.robot('demo_phone');
    const { leg, conferenceSid } = await house.agentInRoom();
    await house.customer(conferenceSid, '+447700900008');
    const ringing = await phone.incoming();
    await house.leg('ringing');
    leg.hangup();
    expect((await ringing.ended).how).toBe('cancel');
    expect((await house.leg('canceled')).fields).toMatchObject({ SipResponseCode: '487' });
  });

  it('the agent’s browser dies without a word', async () => {
    const { robot, leg, conferenceSid } = await house.agentInRoom();
    await house.customer(conferenceSid, ADA);
    await leg.hears(CUSTOMER_HZ);
    const died = Date.now();
    robot.kill();
    await house.leg('completed');
    expect(Date.now() - died).toBeLessThan(2_000);
  });

  it('nobody, when only the signalling is lost', async () => {
    const { robot, leg, conferenceSid } = await house.agentInRoom();
    leg.sendTone(440);
    await house.customer(conferenceSid, ADA);
    await leg.hears(CUSTOMER_HZ);
    robot.dropSocket();
    await leg.hearsFor(1_500);
    await leg.hears(CUSTOMER_HZ);
    await robot.reconnect();
    await robot.next(({ type }) => type === 'answer', robot.messages.length - 1);
    leg.hangup();
    await house.leg('completed');
  });

  it('the application, by removing the customer', async () => {
    const { leg, conferenceSid } = await house.agentInRoom();
    const { callSid } = await house.customer(conferenceSid, ADA);
    await house.leg('in-progress');
    await house.client.conferences(conferenceSid).participants(callSid).remove();
    await leg.ended;
    expect((await house.news('conference-end')).fields.ReasonConferenceEnded).toBe(
      'participant-with-end-conference-on-exit-kicked',
    );
  });

  it('the application, by ending the room', async () => {
    const { leg, conferenceSid } = await house.agentInRoom();
    await house.customer(conferenceSid, '+447700900003');
    await house.leg('ringing');
    await house.client.conferences(conferenceSid).update({ status: 'completed' });
    await leg.ended;
    await house.leg('canceled');
    await expect(house.customer(conferenceSid, ADA)).rejects.toMatchObject({
      status: 404,
      code: 20404,
    });
    const { fields } = await house.news('conference-end');
    expect(fields.ReasonConferenceEnded).toBe('conference-ended-via-api');
  });
});

describe('a person who plays the customer', () => {
  it('has the call where it was answered first; elsewhere it stops ringing', async () => {
    const [first, second] = [await house.robot('demo_phone'), await house.robot('demo_phone')];
    const { leg, conferenceSid } = await house.agentInRoom();
    leg.sendTone(440);
    await house.customer(conferenceSid, '+447700900008');
    const [one, two] = [await first.incoming(), await second.incoming()];
    two.sendTone(620);
    await two.answer();
    expect((await one.ended).how).toBe('cancel');
    await two.hears(440);
    await leg.hears(620);
    two.hangup();
    await leg.ended;
  });

  it('declines', async () => {
    const phone = await house.robot('demo_phone');
    const { conferenceSid } = await house.agentInRoom();
    await house.customer(conferenceSid, '+447700900008');
    (await phone.incoming()).reject();
    expect((await house.leg('busy')).fields.SipResponseCode).toBe('486');
  });
});
