import type { Browser } from 'playwright-core';
import twilio from 'twilio';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, House } from './support/house.ts';
import { SdkPage, toneBrowser, type SdkOptions } from './support/sdk-page.ts';

const { AccessToken } = twilio.jwt;

let house: House;
let browser: Browser;
let page: SdkPage;

interface Wish {
  identity?: string;
  ttl?: number;
  secret?: string;
  account?: string;
  app?: string;
  incoming?: boolean;
}

function token(wish: Wish = {}): string {
  const made = new AccessToken(
    wish.account ?? ACCOUNT.TWILIO_ACCOUNT_SID,
    ACCOUNT.TWILIO_API_KEY,
    wish.secret ?? ACCOUNT.TWILIO_API_SECRET,
    { identity: wish.identity ?? 'ada', ttl: wish.ttl ?? 600 },
  );
  const { VoiceGrant } = AccessToken;
  made.addGrant(
    new VoiceGrant({
      outgoingApplicationSid: wish.app ?? ACCOUNT.TWILIO_TWIML_APP_SID,
      incomingAllow: wish.incoming ?? true,
    }),
  );
  return made.toJwt();
}

const open = async (wish: Wish, options: SdkOptions = {}) => {
  page = await SdkPage.open(browser, house, 'ada', { token: token(wish), ...options });
};
const update = (wish: Wish) => page.run(`device.updateToken(${JSON.stringify(token(wish))})`);

/** Calls ada and says whether her browser rang. */
async function ring(identity = 'ada'): Promise<string> {
  const twiml = '<Response><Hangup/></Response>';
  const statusCallback = `${house.application.url}/rung`;
  const { sid } = await house.client.calls.create({
    to: `client:${identity}`,
    from: ACCOUNT.TWILIO_CALLER_ID,
    twiml,
    statusCallback,
    statusCallbackEvent: ['ringing', 'completed'],
  });
  const news = await house.application.next(
    ({ path, fields }) => path === '/rung' && fields.CallSid === sid,
  );
  return news.fields.CallStatus ?? '';
}

beforeAll(async () => {
  house = await House.open();
  browser = await toneBrowser(house);
});
afterAll(async () => {
  await browser.close();
  await house.close();
});
beforeEach(() => {
  house.application.on('/voice', '<Response><Play digits="w"/><Pause length="60"/></Response>');
});
afterEach(() => page.close());

describe('a token', () => {
  it('gives the browser its identity, and where it is', async () => {
    await open({ identity: 'carol' });
    await page.sees('registered');
    expect(await page.run('[device.identity, device.edge, device.home, device.state]')).toEqual([
      'carol',
      'local',
      'local',
      'registered',
    ]);
    expect(await ring('carol')).toBe('ringing');
  });

  it('is announced to expire, and a new one lets everything go on', async () => {
    await open({ ttl: 5 }, { device: { tokenRefreshMs: 3_000 } });
    await page.sees('tokenWillExpire');
    await update({ ttl: 600 });
    await page.page.waitForTimeout(4_000);
    expect(await page.events()).not.toContain('device-error 20104');
    expect(await page.run('device.state')).toBe('registered');
    expect(await ring()).toBe('ringing');
  });

  it('expires: the browser is told, is not called any more, and may come back', async () => {
    await open({ ttl: 3 });
    await page.call();
    await page.sees('accept');
    await page.sees('device-error 20104');
    await page.sees('unregistered');
    expect(await ring()).toBe('no-answer');
    expect(await page.run('call.status()')).toBe('open');
    await page.run('call.disconnect()');
    await update({});
    await page.page.waitForFunction('device.state === "registered"');
    expect(await ring()).toBe('ringing');
  });

  it('that has expired starts no call', async () => {
    await open({ ttl: 2 });
    await page.sees('device-error 20104');
    await page.call({ late: 'yes' });
    await page.sees('error 20104');
    await page.sees('disconnect');
    expect(house.application.at('/voice').some(({ fields }) => fields.late)).toBe(false);
  });

  it('may be somebody else’s after an update', async () => {
    await open({ identity: 'ada' });
    await update({ identity: 'eve' });
    await page.page.waitForFunction('device.identity === "eve"');
    expect(await ring('ada')).toBe('no-answer');
    expect(await ring('eve')).toBe('ringing');
  });
});

describe('a token is refused', () => {
  const refused = async (wish: Wish, code: number) => {
    await open(wish, { register: false });
    await page.run('void device.register().catch(() => {})');
    await page.sees(`device-error ${code}`);
  };
  it('with a wrong secret: 20101', () => refused({ secret: 'wrong' }, 20_101));
  it('of another account: 20101', () => refused({ account: `AC${'0'.repeat(32)}` }, 20_101));
  it('that lives for days: 20104', () => refused({ ttl: 3 * 86_400 }, 20_104));
  it('for registering without incoming calls: 31204, shown as 20101', () =>
    refused({ incoming: false }, 20_101));

  it('for calls to another application: 31002 where the SDK is precise, else 31005', async () => {
    const app = `AP${'0'.repeat(32)}`;
    await open({ app });
    await page.call();
    await page.sees('error 31005');
    await page.close();
    await open({ app }, { device: { enableImprovedSignalingErrorPrecision: true } });
    await page.call();
    await page.sees('error 31002');
    await page.sees('disconnect');
  });
});

describe('an application that turns a call away', () => {
  it.each([
    ['busy', 31_486],
    ['rejected', 31_603],
  ])('with <Reject reason="%s"> is error %i', async (reason, code) => {
    house.application.on('/voice', `<Response><Reject reason="${reason}"/></Response>`);
    await open({}, { device: { enableImprovedSignalingErrorPrecision: true } });
    await page.call();
    await page.sees(`error ${code}`);
    await page.sees('disconnect');
  });
});
