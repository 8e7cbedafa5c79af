import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, House } from './support/house.ts';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

describe('the account', () => {
  it('is shown to whoever has its credentials, and keeps its token to itself', async () => {
    const found = await house.client.api.accounts(ACCOUNT.TWILIO_ACCOUNT_SID).fetch();
    expect(found).toMatchObject({ sid: ACCOUNT.TWILIO_ACCOUNT_SID, status: 'active' });
    expect(found.authToken).toBeNull();
    expect(found.dateCreated.getTime()).toBeLessThanOrEqual(Date.now());
    const other = house.client.api.accounts(`AC${'0'.repeat(32)}`).fetch();
    await expect(other).rejects.toMatchObject({ status: 404, code: 20404 });
  });
});

describe('applications', () => {
  it('are made, changed, asked by calls, kept over a restart and deleted', async () => {
    const { applications } = house.client;
    const base = house.application.url;
    const made = await applications.create({
      friendlyName: 'Surgery',
      voiceUrl: `${base}/broken`,
      voiceFallbackUrl: `${base}/fallback`,
      statusCallback: `${base}/app-status`,
    });
    expect(made).toMatchObject({ friendlyName: 'Surgery', voiceMethod: 'POST', smsUrl: null });
    house.application.on('/broken', { status: 500 });
    house.application.on('/fallback', '<Response><Hangup/></Response>');
    const to = '+447700900001';
    const from = ACCOUNT.TWILIO_CALLER_ID;
    const call = await house.client.calls.create({ to, from, applicationSid: made.sid });
    const fallback = await house.application.next(({ path }) => path === '/fallback');
    expect(fallback.fields).toMatchObject({ ErrorCode: '11200', ErrorUrl: `${base}/broken` });
    const status = await house.application.next(({ path }) => path === '/app-status');
    expect(status.fields).toMatchObject({ CallSid: call.sid, CallStatus: 'completed' });

    await applications(made.sid).update({ voiceFallbackUrl: '', friendlyName: 'Practice' });
    await house.engine.stop();
    await house.start();
    const found = await house.client.applications.list({ friendlyName: 'Practice' });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ voiceUrl: `${base}/broken`, voiceFallbackUrl: null });
    await house.client.applications(made.sid).remove();
    await expect(house.client.applications(made.sid).fetch()).rejects.toMatchObject({
      code: 20404,
    });
    const gone = house.client.calls.create({ to, from, applicationSid: made.sid });
    await expect(gone).rejects.toMatchObject({ status: 400, code: 21218 });
    const own = house.client.applications(ACCOUNT.TWILIO_TWIML_APP_SID);
    await expect(own.remove()).rejects.toMatchObject({ status: 400 });
    expect((await own.fetch()).voiceUrl).toBe(`${base}/voice`);
  });

  it('say where a browser’s call goes', async () => {
    const own = house.client.applications(ACCOUNT.TWILIO_TWIML_APP_SID);
    const { voiceUrl } = await own.update({ voiceUrl: `${house.application.url}/elsewhere` });
    house.application.on('/elsewhere', '<Response><Reject/></Response>');
    const call = await (await house.robot()).call();
    await house.application.next(({ path }) => path === '/elsewhere');
    await call.ended;
    expect(voiceUrl).toContain('/elsewhere');
  });
});

describe('the account’s numbers', () => {
  it('are its caller id and those that were added', async () => {
    const { incomingPhoneNumbers } = house.client;
    const [own] = await incomingPhoneNumbers.list();
    expect(own).toMatchObject({ phoneNumber: ACCOUNT.TWILIO_CALLER_ID });
    const phoneNumber = '+442079460000';
    const made = await incomingPhoneNumbers.create({
      phoneNumber,
      voiceUrl: `${house.application.url}/in`,
    });
    const twice = incomingPhoneNumbers.create({ phoneNumber });
    await expect(twice).rejects.toMatchObject({ status: 400, code: 21422 });
    const changed = await incomingPhoneNumbers(made.sid).update({
      voiceApplicationSid: ACCOUNT.TWILIO_TWIML_APP_SID,
      voiceMethod: 'GET',
    });
    expect(changed).toMatchObject({ phoneNumber, voiceMethod: 'GET' });
    expect(await incomingPhoneNumbers.list({ phoneNumber: '+4420*946' })).toHaveLength(1);
    await incomingPhoneNumbers(made.sid).remove();
    expect(await incomingPhoneNumbers.list({ phoneNumber })).toHaveLength(0);
    const sms = incomingPhoneNumbers.create({ phoneNumber, smsUrl: 'http://127.0.0.1/' });
    await expect(sms).rejects.toMatchObject({
      message: expect.stringContaining('SmsUrl') as string,
    });
  });
});
