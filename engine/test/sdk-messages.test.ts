import type { Browser } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, House } from './support/house.ts';
import { SdkPage, toneBrowser } from './support/sdk-page.ts';

let house: House;
let browser: Browser;
let page: SdkPage;
let sid: string;

const say = (message: object) => page.run<string>(`call.sendMessage(${JSON.stringify(message)})`);
const told = () => house.application.at('/told').map(({ fields }) => fields);

beforeEach(async () => {
  house = await House.open();
  browser = await toneBrowser(house);
  house.application.on('/voice', '<Response><Play digits="w"/><Pause length="60"/></Response>');
  page = await SdkPage.open(browser, house, 'ada');
  await page.call();
  await page.sees('accept');
  sid = await page.run('call.parameters.CallSid');
});
afterEach(async () => {
  await browser.close();
  await house.close();
});

describe('call messages', () => {
  it('go from the browser to whoever subscribed, in order, signed', async () => {
    const { application, client } = house;
    const callback = `${application.url}/told`;
    const made = await client.calls(sid).userDefinedMessageSubscriptions.create({ callback });
    expect(made).toMatchObject({ accountSid: ACCOUNT.TWILIO_ACCOUNT_SID, callSid: sid });
    expect(made.sid).toMatch(/^ZY[0-9a-f]{32}$/);
    const voiceEventSid = await say({
      messageType: 'user-defined-message',
      content: { hello: 'wörld', n: 1 },
    });
    await say({ messageType: 'user-defined-message', content: { n: 2 } });
    const second = await application.next(({ fields }) => fields.SequenceNumber === '1');
    expect(second.signed).toBe(true);
    const [first] = told();
    expect(first).toMatchObject({
      AccountSid: ACCOUNT.TWILIO_ACCOUNT_SID,
      CallSid: sid,
      ContentType: 'application/json',
      SequenceNumber: '0',
    });
    expect(JSON.parse(first?.Content ?? '')).toEqual({ hello: 'wörld', n: 1 });
    expect(first?.Sid).toMatch(/^KX[0-9a-f]{32}$/);
    await page.sees('messageSent');
    expect((await page.messages())[0]).toMatchObject({ name: 'messageSent', voiceEventSid });

    await client.calls(sid).userDefinedMessageSubscriptions(made.sid).remove();
    await expect(
      client.calls(sid).userDefinedMessageSubscriptions(made.sid).remove(),
    ).rejects.toMatchObject({ status: 404, code: 20_404 });
    await say({ messageType: 'user-defined-message', content: { n: 3 } });
    await page.page.waitForFunction('messages.length === 3');
    expect(told()).toHaveLength(2);
  });

  it('go from the application to the browser, once per idempotency key', async () => {
    const messages = house.client.calls(sid).userDefinedMessages;
    const content = JSON.stringify({ hint: 'ask for the order number' });
    const first = await messages.create({ content, idempotencyKey: 'one' });
    const again = await messages.create({ content, idempotencyKey: 'one' });
    expect(first.sid).toMatch(/^KX[0-9a-f]{32}$/);
    expect(again.sid).toBe(first.sid);
    await messages.create({ content: '[1]' });
    await page.page.waitForFunction('messages.length === 2');
    expect(await page.messages()).toMatchObject([
      {
        name: 'messageReceived',
        content: { hint: 'ask for the order number' },
        messageType: 'user-defined-message',
        voiceEventSid: first.sid,
      },
      { name: 'messageReceived', content: [1] },
    ]);
  });

  it('wait for a browser whose connection dropped', async () => {
    await page.run('sockets.at(-1).close()');
    await page.sees('reconnecting');
    await house.client.calls(sid).userDefinedMessages.create({ content: '{"late":true}' });
    await page.sees('messageReceived');
    expect(await page.messages()).toMatchObject([{ content: { late: true } }]);
  });

  it('are refused with the documented codes', async () => {
    const { client } = house;
    await say({ messageType: 'telegram', content: {} });
    await page.sees('error 31210');
    await say({ messageType: 'user-defined-message', content: { long: 'x'.repeat(10_001) } });
    await page.sees('error 31212');
    const messages = client.calls(sid).userDefinedMessages;
    await expect(messages.create({ content: 'no JSON' })).rejects.toMatchObject({ code: 32_702 });
    await expect(
      messages.create({ content: JSON.stringify('x'.repeat(10_001)) }),
    ).rejects.toMatchObject({ code: 32_703 });
    await page.run('call.disconnect()');
    await page.sees('disconnect');
    await expect(messages.create({ content: '{}' })).rejects.toMatchObject({ status: 404 });
    const dead = client.calls(`CA${'0'.repeat(32)}`).userDefinedMessageSubscriptions;
    await expect(dead.create({ callback: 'http://127.0.0.1/' })).rejects.toMatchObject({
      status: 404,
    });
  });
});
