import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeTone } from '../../test/support/tones.ts';
import { ACCOUNT, CUSTOMER_HZ, House } from './support/house.ts';
import { SdkPage } from './support/sdk-page.ts';

const MICROPHONE_HZ = 440;

let house: House;
let page: SdkPage;

async function open(identity: string): Promise<SdkPage> {
  const microphone = join(house.folder, 'microphone.wav');
  writeTone(microphone, { hz: MICROPHONE_HZ, seconds: 5, rate: 48_000 });
  return SdkPage.open(house, identity, microphone);
}

beforeEach(async () => {
  house = await House.open();
});
afterEach(async () => {
  await page.close();
  await house.close();
});

describe('the unmodified Voice SDK in Chromium', () => {
  it('calls a customer, hears and is heard, comes back after losses, and hangs up', async () => {
    // A second robot stands in for the customer: what it hears, the customer hears.
    const customer = await house.robot('demo_phone');
    house.application.on('/voice', ({ fields }) => house.agentTwiml(fields.call ?? ''));
    page = await open('agent_ada');
    await page.call({ call: 'call_1' });
    await page.sees('accept');
    const joined = await house.news('participant-join');
    await page.hears(300);

    await house.customer(joined.fields.ConferenceSid ?? '', '+447700900008');
    const phone = await customer.incoming();
    expect(phone.parameters).toMatchObject({ From: ACCOUNT.TWILIO_CALLER_ID });
    phone.sendTone(CUSTOMER_HZ);
    await phone.answer();
    await page.hears(CUSTOMER_HZ);
    await phone.hears(MICROPHONE_HZ);

    await page.run('sockets.at(-1).close()');
    await page.sees('reconnecting');
    await page.sees('reconnected');
    await page.hears(CUSTOMER_HZ);
    await phone.hears(MICROPHONE_HZ);

    await page.run('call._mediaHandler.iceRestart()');
    await page.hears(CUSTOMER_HZ);
    await phone.hears(MICROPHONE_HZ);

    await page.run('call.sendDigits("5")');
    await page.run('call.disconnect()');
    await phone.ended;
    expect((await house.news('conference-end')).fields.ParticipantLabelEndingConference).toBe(
      'agent',
    );
    expect(await page.events()).not.toContain('error');
  });

  it('is called, answers, and sees the other side hang up', async () => {
    const { leg, conferenceSid } = await house.agentInRoom();
    leg.sendTone(620);
    page = await open('demo_phone');
    await house.customer(conferenceSid, '+447700900008');
    await page.sees('incoming');
    await house.leg('ringing');
    await page.run('call.accept()');
    await page.sees('accept');
    await page.hears(620);
    await leg.hears(MICROPHONE_HZ);
    leg.hangup();
    await page.sees('disconnect');
  });

  it('is noticed when its tab dies', async () => {
    house.application.on('/voice', ({ fields }) => house.agentTwiml(fields.call ?? ''));
    page = await open('agent_ada');
    await page.call({ call: 'call_1' });
    const joined = await house.news('participant-join');
    await house.customer(joined.fields.ConferenceSid ?? '', '+447700900001');
    await page.hears(CUSTOMER_HZ);
    const session = await page.page.context().newCDPSession(page.page);
    const died = Date.now();
    session.send('Page.crash').catch(() => undefined);
    await house.leg('completed');
    expect(Date.now() - died).toBeLessThan(2_500);
  });
});
