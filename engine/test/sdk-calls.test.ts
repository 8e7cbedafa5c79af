import type { Browser } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { powerAt } from '../../test/support/tones.ts';
import type { RobotCall } from '../../test/support/robot-phone.ts';
import { ACCOUNT, House } from './support/house.ts';
import { MICROPHONE_HZ, SdkPage, toneBrowser } from './support/sdk-page.ts';

const FAR_HZ = 620;
/** Long enough for a browser's first sound. */
const NINES = '9'.repeat(20);

let house: House;
let browser: Browser;

const open = (identity: string) => SdkPage.open(browser, house, identity);

/** Ada's calls ring Bob. */
function dialBob(attributes = '', inside = 'bob'): void {
  const dial = `<Dial action="/dialled" ${attributes}><Client>${inside}</Client></Dial>`;
  house.application.on('/voice', `<Response>${dial}</Response>`);
  house.application.on('/dialled', '<Response><Hangup/></Response>');
}

const dialled = () => house.application.next(({ path }) => path === '/dialled');

/** Resolves when the robot hears both tones of a key at once. */
async function hearsKey(leg: RobotCall, [low, high]: [number, number]): Promise<void> {
  const until = Date.now() + 5_000;
  for (;;) {
    const sound = leg.heard(60);
    if (powerAt(low, sound) > 1e-4 && powerAt(high, sound) > 1e-4) return;
    if (Date.now() > until) throw new Error('the key was not heard');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

beforeEach(async () => {
  house = await House.open();
  browser = await toneBrowser(house);
});
afterEach(async () => {
  await browser.close();
  await house.close();
});

describe('custom parameters', () => {
  it('go from device.connect to the application, whatever is in them', async () => {
    dialBob();
    const page = await open('ada');
    await page.call({ To: '+447700900001', order: 'A&B = 5 %+é', CallSid: 'forged' });
    const { fields } = await house.application.next(({ path }) => path === '/voice');
    expect(fields).toMatchObject({
      From: 'client:ada',
      To: '+447700900001',
      order: 'A&B = 5 %+é',
      ApplicationSid: ACCOUNT.TWILIO_TWIML_APP_SID,
    });
    expect(fields.CallSid).toMatch(/^CA[0-9a-f]{32}$/);
  });

  it('go from <Client><Parameter> to the browser that is called', async () => {
    const parameters =
      '<Identity>bob</Identity><Parameter name="order" value="A&amp;B = 5 %+é"/><Parameter name="tier" value="gold"/>';
    dialBob('', parameters);
    const page = await open('bob');
    const ada = await house.robot('ada');
    await ada.call();
    await page.sees('incoming');
    const seen = await page.run('[...call.customParameters]');
    expect(Object.fromEntries(seen as [string, string][])).toEqual({
      order: 'A&B = 5 %+é',
      tier: 'gold',
    });
    expect(await page.run('call.parameters')).toMatchObject({
      From: 'client:ada',
      To: 'client:bob',
      AccountSid: ACCOUNT.TWILIO_ACCOUNT_SID,
    });
  });

  it('go from the REST API to the browser that is called', async () => {
    const page = await open('bob');
    const { sid } = await house.client.calls.create({
      to: 'client:bob?order=7&tier=gold',
      from: ACCOUNT.TWILIO_CALLER_ID,
      twiml: '<Response><Pause length="9"/></Response>',
    });
    await page.sees('incoming');
    expect(await page.run('Object.fromEntries(call.customParameters)')).toEqual({
      order: '7',
      tier: 'gold',
    });
    expect(await page.run('call.parameters.CallSid')).toBe(sid);
    expect((await house.client.calls(sid).fetch()).to).toBe('client:bob');
  });
});

describe('a call to a browser', () => {
  it('is shown as ringing to a caller that waits for the answer, then connects', async () => {
    dialBob('answerOnBridge="true"');
    const bob = await house.robot('bob');
    const page = await open('ada');
    await page.call();
    await page.sees('ringing');
    expect(await page.run('call.status()')).toBe('ringing');
    expect(await page.run('call.parameters.CallSid')).toMatch(/^CA/);
    const phone = await bob.incoming();
    phone.sendTone(FAR_HZ);
    await phone.answer();
    await page.sees('accept');
    await page.hears(FAR_HZ);
    await phone.hears(MICROPHONE_HZ);
  });

  it('is rejected: busy for the caller', async () => {
    dialBob('answerOnBridge="true"');
    const page = await open('bob');
    const ada = await house.robot('ada');
    await ada.call();
    await page.sees('incoming');
    await page.run('call.reject()');
    await page.sees('reject');
    expect((await dialled()).fields.DialCallStatus).toBe('busy');
  });

  it('is ignored: rings on for the caller until nobody answers', async () => {
    dialBob('answerOnBridge="true" timeout="3"');
    const page = await open('bob');
    const ada = await house.robot('ada');
    const began = Date.now();
    await ada.call();
    await page.sees('incoming');
    await page.run('call.ignore()');
    expect((await dialled()).fields.DialCallStatus).toBe('no-answer');
    expect(Date.now() - began).toBeGreaterThan(2_900);
    expect(await page.run('device.state')).toBe('registered');
  });

  it('is cancelled by its caller', async () => {
    dialBob('answerOnBridge="true"');
    const page = await open('bob');
    const ada = await house.robot('ada');
    const leg = await ada.call();
    await page.sees('incoming');
    leg.hangup();
    await page.sees('cancel');
  });
});

describe('two tabs of one identity', () => {
  it('both ring; one answers, the other is cancelled', async () => {
    dialBob();
    const [one, two] = [await open('bob'), await open('bob')];
    const ada = await house.robot('ada');
    const leg = await ada.call();
    leg.sendTone(FAR_HZ);
    await Promise.all([one.sees('incoming'), two.sees('incoming')]);
    await two.run('call.accept()');
    await one.sees('cancel');
    await two.hears(FAR_HZ);
    await leg.hears(MICROPHONE_HZ);
    expect(await one.run('device.isBusy')).toBe(false);
    await two.run('call.disconnect()');
    expect((await dialled()).fields.DialCallStatus).toBe('completed');
  });

  it('both ring; one rejects and so the other is cancelled', async () => {
    dialBob();
    const [one, two] = [await open('bob'), await open('bob')];
    const ada = await house.robot('ada');
    await ada.call();
    await Promise.all([one.sees('incoming'), two.sees('incoming')]);
    await one.run('call.reject()');
    await two.sees('cancel');
    expect((await dialled()).fields.DialCallStatus).toBe('busy');
  });

  it('one unregisters: only the other rings', async () => {
    dialBob();
    const [one, two] = [await open('bob'), await open('bob')];
    await one.run('device.unregister()');
    await one.sees('unregistered');
    const ada = await house.robot('ada');
    await ada.call();
    await two.sees('incoming');
    expect(await one.events()).not.toContain('incoming');
  });
});

describe('in a call', () => {
  async function connected(): Promise<{ page: SdkPage; phone: RobotCall }> {
    dialBob();
    const bob = await house.robot('bob');
    const page = await open('ada');
    await page.call();
    const phone = await bob.incoming();
    await phone.answer();
    await page.sees('accept');
    await phone.hears(MICROPHONE_HZ);
    return { page, phone };
  }

  it('mutes and unmutes', async () => {
    const { page, phone } = await connected();
    await page.run('call.mute(true)');
    await phone.hears(null);
    await page.run('call.mute(false)');
    await phone.hears(MICROPHONE_HZ);
  });

  it('sends keys, heard as tones at the other end', async () => {
    const { page, phone } = await connected();
    await page.run('call.mute(true)');
    await phone.hears(null);
    await Promise.all([hearsKey(phone, [770, 1336]), page.run('call.sendDigits("5")')]);
    await Promise.all([hearsKey(phone, [941, 1477]), page.run('call.sendDigits("w#")')]);
  });

  it.each([
    ['<Play digits>', `<Response><Play digits="${NINES}"/><Pause length="9"/></Response>`, {}],
    ['SendDigits', '<Response><Pause length="9"/></Response>', { sendDigits: NINES }],
  ] as const)('hears the keys of %s', async (_, twiml, more) => {
    const page = await open('bob');
    const from = ACCOUNT.TWILIO_CALLER_ID;
    await house.client.calls.create({ to: 'client:bob', from, twiml, ...more });
    await page.sees('incoming');
    await page.run('call.accept()');
    await page.sees('accept');
    // Key 9 is 852 and 1477 Hz (ITU-T Q.23).
    await page.hearsAll([852, 1477]);
  });

  it('hears the keys that the other end presses', async () => {
    const { page, phone } = await connected();
    const [heard] = await Promise.all([page.hearsAll([852, 1477]), phone.sendDigits('9999')]);
    expect(heard).toBeUndefined();
  });
});
