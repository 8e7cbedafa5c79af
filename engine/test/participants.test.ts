import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hearsOnly } from './support/gathering.ts';
import { ACCOUNT, CUSTOMER_HZ, House } from './support/house.ts';

const ADA = '+447700900001';
/** The test application's /hold.wav. */
const HOLD = 500;

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

function conference(sid: string) {
  return house.client.conferences(sid);
}

describe('a participant', () => {
  it('is a number or a client, of a conference by name, whose callbacks come by default', async () => {
    const phone = await house.robot('demo_phone');
    const from = ACCOUNT.TWILIO_CALLER_ID;
    const { participants } = house.client.conferences('by_name');
    const added = await participants.create({
      from,
      to: 'client:demo_phone',
      conferenceStatusCallback: `${house.application.url}/named`,
      conferenceRecord: 'true',
      region: 'ie1',
      earlyMedia: false,
    });
    expect(added.status).toBe('queued');
    const call = await phone.incoming();
    await call.answer();
    await participants.create({ from, to: ADA });
    await call.hears(CUSTOMER_HZ);
    const start = await house.application.next(({ path }) => path === '/named');
    expect(start.fields.StatusCallbackEvent).toBe('conference-start');
    const shown = await house.client.conferences(added.conferenceSid).fetch();
    expect(shown).toMatchObject({ region: 'ie1', friendlyName: 'by_name' });
    call.hangup();
  });

  it('that was added leaves when its call is sent elsewhere, and the call goes on there', async () => {
    const phone = await house.robot('demo_phone');
    const from = ACCOUNT.TWILIO_CALLER_ID;
    const { participants } = house.client.conferences('left_behind');
    const added = await participants.create({
      ...{ from, to: 'client:demo_phone', label: 'phone', beep: 'false' },
      conferenceStatusCallback: `${house.application.url}/left`,
      conferenceStatusCallbackEvent: ['leave', 'end'],
    });
    const call = await phone.incoming();
    await call.answer();
    await participants.create({ from, to: ADA, label: 'ada', beep: 'false' });
    await hearsOnly(call, [CUSTOMER_HZ], [HOLD]);
    const twiml = `<Response><Play loop="0">${house.application.url}/hold.wav</Play></Response>`;
    await house.client.calls(added.callSid).update({ twiml });
    await hearsOnly(call, [HOLD], [CUSTOMER_HZ]);
    const { fields } = await house.application.next(({ path }) => path === '/left');
    expect(fields).toMatchObject({
      ...{ StatusCallbackEvent: 'participant-leave', ParticipantLabel: 'phone' },
      ...{ ReasonParticipantLeft: 'participant_updated_via_api' },
      ParticipantCallStatus: 'in-progress',
    });
    const left = await conference(added.conferenceSid).participants.list();
    expect(left.map(({ label }) => label)).toEqual(['ada']);
    call.hangup();
    await conference(added.conferenceSid).update({ status: 'completed' });
  });
});
