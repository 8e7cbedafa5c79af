import type { Browser } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { House } from './support/house.ts';
import { MICROPHONE_HZ, SdkPage, toneBrowser } from './support/sdk-page.ts';

let house: House;
let browser: Browser;
let page: SdkPage;

interface Report {
  callSid: string;
  edge: string;
  callQuality: string;
  samples: unknown[];
  iceCandidateStats: unknown[];
  isTurnRequired: boolean;
  stats: { jitter: { average: number }; mos: { average: number }; rtt: { average: number } };
  totals: { packetsLost: number; packetsReceived: number };
  networkTiming: { signaling: { duration: number }; peerConnection: { duration: number } };
  warnings: { name: string }[];
}

beforeEach(async () => {
  house = await House.open();
  browser = await toneBrowser(house);
  page = await SdkPage.open(browser, house, 'ada', { register: false });
});
afterEach(async () => {
  await browser.close();
  await house.close();
});

describe('<Echo>', () => {
  it('lets a caller hear itself until it is sent elsewhere', async () => {
    house.application.on('/voice', '<Response><Echo/></Response>');
    await page.call();
    await page.sees('accept');
    await page.hears(MICROPHONE_HZ);
    const sid = await page.run<string>('call.parameters.CallSid');
    const { url } = house.application;
    const twiml = `<Response><Play loop="0">${url}/hold.wav</Play></Response>`;
    await house.client.calls(sid).update({ twiml });
    await page.hears(500);
    await house.client.calls(sid).update({ status: 'completed' });
    await page.sees('disconnect');
  });
});

describe('Device.runPreflight', () => {
  const run = () =>
    page.run(`
      window.outcome = {};
      window.preflight = Twilio.Device.runPreflight(
        ${JSON.stringify(house.token('ada'))},
        { chunderw: ${JSON.stringify(house.url.replace('http://', ''))} },
      );
      preflight.on('connected', () => (outcome.connected = true));
      preflight.on('sample', () => (outcome.samples = (outcome.samples ?? 0) + 1));
      preflight.on('completed', (report) => (outcome.report = report));
      preflight.on('failed', (error) => (outcome.failed = error.code));
      void 0;
    `);

  it('measures a call to an application that echoes, and reports', async () => {
    house.application.on('/voice', '<Response><Echo/></Response>');
    await run();
    await page.page.waitForFunction('outcome.samples >= 6', undefined, { timeout: 30_000 });
    const call = (await house.client.calls.list({ status: 'in-progress' }))[0];
    await house.client.calls(call?.sid ?? '').update({ status: 'completed' });
    await page.page.waitForFunction('outcome.report ?? outcome.failed');
    expect(await page.run('outcome.failed')).toBeUndefined();
    const report = await page.run<Report>('outcome.report');
    expect(report).toMatchObject({ callSid: call?.sid, edge: 'local', isTurnRequired: false });
    expect(report.samples.length).toBeGreaterThanOrEqual(6);
    expect(report.iceCandidateStats.length).toBeGreaterThan(1);
    expect(report.totals.packetsReceived).toBeGreaterThan(100);
    expect(report.networkTiming.peerConnection.duration).toBeLessThan(3_000);
    expect(report.stats.mos.average).toBeGreaterThan(3.5);
    expect(report.stats.rtt.average).toBeLessThan(300);
    expect(['excellent', 'great', 'good', 'fair']).toContain(report.callQuality);
  });

  it('is stopped: 31008', async () => {
    house.application.on('/voice', '<Response><Echo/></Response>');
    await run();
    await page.page.waitForFunction('outcome.connected');
    await page.run('preflight.stop()');
    await page.page.waitForFunction('outcome.failed === 31008');
  });

  it('fails with a token that is not valid: 20101', async () => {
    await page.run(`
      window.outcome = {};
      const bad = Twilio.Device.runPreflight('not.a.token', { chunderw: ${JSON.stringify(house.url.replace('http://', ''))} });
      bad.on('failed', (error) => (outcome.failed = error.code));
      void 0;
    `);
    await page.page.waitForFunction('outcome.failed === 20101');
  });
});
