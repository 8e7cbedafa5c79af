import type { Browser } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, CUSTOMER_HZ, House } from './support/house.ts';
import { MICROPHONE_HZ, SdkPage, toneBrowser } from './support/sdk-page.ts';

let house: House;
let browser: Browser;
let page: SdkPage;

const open = (identity: string) => SdkPage.open(browser, house, identity);

beforeEach(async () => {
  house = await House.open();
  browser = await toneBrowser(house);
});
afterEach(async () => {
  await browser.close();
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
