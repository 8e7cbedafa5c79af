import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decibelsAbove, decodeMp3 } from '../../test/support/tones.ts';
import { ACCOUNT, CUSTOMER_HZ, House } from './support/house.ts';

const AGENT_HZ = 440;

let house: House;
beforeEach(async () => {
  house = await House.open();
});
afterEach(() => house.close());

async function mp3(sid: string, channels: 1 | 2): Promise<Uint8Array> {
  const { TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: token } = ACCOUNT;
  const url = `${house.url}/2010-04-01/Accounts/${account}/Recordings/${sid}.mp3?RequestedChannels=${channels}`;
  const basic = Buffer.from(`${account}:${token}`).toString('base64');
  const reply = await fetch(url, { headers: { authorization: `Basic ${basic}` } });
  expect(reply.status).toBe(200);
  return new Uint8Array(await reply.arrayBuffer());
}

describe('a conversation', () => {
  it('is heard both ways, told to the application, and recorded on two channels', async () => {
    const { leg, conferenceSid } = await house.agentInRoom();
    leg.sendTone(AGENT_HZ);
    await leg.hears(300);
    const voice = house.application.at('/voice')[0];
    expect(voice?.fields).toMatchObject({
      From: 'client:agent_ada',
      call: 'call_1',
      CallStatus: 'ringing',
      Direction: 'inbound',
      ApplicationSid: ACCOUNT.TWILIO_TWIML_APP_SID,
    });

    const participant = await house.customer(conferenceSid, '+447700900001');
    expect(participant).toMatchObject({ label: 'leg_1', conferenceSid, status: 'queued' });
    await leg.hears(CUSTOMER_HZ);
    const recording = await house.client.recordings.list({ conferenceSid });
    expect(recording[0]).toMatchObject({ status: 'in-progress', source: 'Conference' });
    await house.records(recording[0]?.sid ?? '', 2_000);
    const customer = await house.client.calls(participant.callSid).fetch();
    expect(customer).toMatchObject({ status: 'in-progress', direction: 'outbound-api' });

    leg.hangup();
    expect((await house.leg('completed')).fields).toMatchObject({
      CallSid: participant.callSid,
      SipResponseCode: '200',
    });
    expect((await house.news('conference-end')).fields).toMatchObject({
      ReasonConferenceEnded: 'participant-with-end-conference-on-exit-left',
      CallSidEndingConference: leg.sid,
      ParticipantLabelEndingConference: 'agent',
    });
    const steps = house.application.at('/leg').map(({ fields }) => fields.CallStatus);
    expect(steps).toEqual(['initiated', 'ringing', 'in-progress', 'completed']);
    const told = house.application.at('/conference').map(({ fields }) => fields);
    expect(told.map((fields) => fields.StatusCallbackEvent)).toEqual([
      'participant-join',
      'participant-join',
      'conference-start',
      'participant-leave',
      'participant-leave',
      'conference-end',
    ]);
    expect(told.map((fields) => fields.SequenceNumber)).toEqual(['1', '2', '3', '4', '5', '6']);

    const done = await house.application.next(
      ({ path, fields }) => path === '/recording' && fields.RecordingStatus === 'completed',
    );
    expect(done.fields).toMatchObject({ RecordingChannels: '2', RecordingSource: 'Conference' });
    const [left, right] = await decodeMp3(await mp3(done.fields.RecordingSid ?? '', 2));
    expect(decibelsAbove(AGENT_HZ, CUSTOMER_HZ, left!)).toBeGreaterThan(20);
    expect(decibelsAbove(CUSTOMER_HZ, AGENT_HZ, right!)).toBeGreaterThan(20);
    expect(await decodeMp3(await mp3(done.fields.RecordingSid ?? '', 1))).not.toHaveLength(0);
    expect(house.application.asked.every(({ signed }) => signed)).toBe(true);
  });
});
