import { request } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { axeFinds } from '../../test/support/axe.ts';
import { bootOffhook } from '../../test/support/boot.ts';
import { openBrowser } from '../../test/support/chromium.ts';
import { ACCOUNT, House } from './support/house.ts';

let house: House;
let browser: Browser;

/** Status and body of a GET with headers that fetch does not let one choose. */
function get(url: string, headers: Record<string, string> = {}): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers, agent: false }, (response) => {
      const first = (chunk: Buffer) => {
        resolve([response.statusCode ?? 0, chunk.toString('utf8')]);
        asked.destroy();
      };
      response.once('data', first);
    });
    asked.once('error', reject);
    asked.end();
  });
}

async function open(scheme: 'light' | 'dark'): Promise<Page> {
  const page = await browser.newPage({
    colorScheme: scheme,
    viewport: { width: 1280, height: 860 },
  });
  await page.goto(house.url);
  await page.getByText('Connected to').waitFor();
  return page;
}

/** Pictures to look at, where somebody wants some. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.OFFHOOK_TEST_PICTURES;
  if (folder) await page.screenshot({ path: join(folder, `engine-${name}.png`), fullPage: true });
}

const section = (page: Page, name: RegExp) => page.getByRole('region', { name });

beforeEach(async () => {
  house = await House.open({ ENGINE_INSPECTOR: 'on' });
  browser = await openBrowser();
});
afterEach(async () => {
  await browser.close();
  await house.close();
});

describe('the engine’s own page', () => {
  it.each(['light', 'dark'] as const)('is readable when nothing happens: %s', async (scheme) => {
    const page = await open(scheme);
    await page.getByText('No calls right now.').waitFor();
    expect(await axeFinds(page)).toEqual([]);
    await picture(page, `empty-${scheme}`);
  });

  it('shows calls, rooms, requests and callbacks as they happen, and problems', async () => {
    const page = await open('light');
    const dark = await open('dark');
    await house.robot('demo_phone');
    const { leg, conferenceSid } = await house.agentInRoom('order_42');
    const { callSid } = await house.customer(conferenceSid, '+447700900001');
    await house.news('conference-start');
    await house.client.conferences(conferenceSid).participants(callSid).update({ muted: true });
    const held = { hold: true, holdUrl: `${house.application.url}/hold` };
    await house.client.conferences(conferenceSid).participants('agent').update(held);
    const bad = house.client.calls.create({ to: '+447700900001', from: 'x', twiml: '<Response/>' });
    await expect(bad).rejects.toMatchObject({ code: 21_212 });

    const calls = section(page, /^Calls/);
    await calls.getByText('client:agent_ada → the application').waitFor();
    await calls.getByText(`${ACCOUNT.TWILIO_CALLER_ID} → +447700900001`).waitFor();
    const rooms = section(page, /^Rooms/);
    for (const text of ['order_42', 'leg_1: +447700900001', 'agent: client:agent_ada', 'recording'])
      await rooms.getByText(text, { exact: true }).waitFor();
    await rooms.getByText('muted').waitFor();
    await rooms.getByText('on hold').waitFor();
    await section(page, /^Registered browsers/)
      .getByText('demo_phone')
      .waitFor();

    const traffic = section(page, /^Requests/);
    const voice = traffic.locator('details').filter({ hasText: `${house.application.url}/voice` });
    await voice.locator('summary').click();
    await voice.getByText('X-Twilio-Signature').waitFor();
    await voice.getByText('client:agent_ada', { exact: true }).first().waitFor();
    await voice.locator('pre').filter({ hasText: '<Conference' }).waitFor();
    await traffic.locator('summary').filter({ hasText: '400' }).first().waitFor();
    await traffic.locator('summary').filter({ hasText: '/leg?leg=leg_1' }).first().waitFor();
    for (const one of [page, dark]) expect(await axeFinds(one)).toEqual([]);
    await picture(page, 'busy-light');
    await dark.locator('summary').filter({ hasText: '400' }).first().click();
    await picture(dark, 'busy-dark');

    await page.getByLabel('Only about').fill(callSid);
    await voice.waitFor({ state: 'detached' });
    await traffic.locator('summary').filter({ hasText: '/leg?leg=leg_1' }).first().waitFor();
    await page.getByLabel('Only about').fill('');
    await page.getByLabel('Only what failed').check();
    await voice.waitFor({ state: 'detached' });
    await traffic.locator('summary').filter({ hasText: '400' }).first().waitFor();
    leg.hangup();
    await calls.getByText('No calls right now.').waitFor();
    await page.setViewportSize({ width: 390, height: 800 });
    const wide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
    expect(await page.evaluate(wide)).toBe(false);
    await picture(page, 'narrow');
  });

  it('shows why a call ended with an error', async () => {
    const page = await open('light');
    house.application.on('/voice', { status: 500, type: 'text/plain', body: 'broken' });
    const robot = await house.robot();
    await (
      await robot.call()
    ).ended;
    const problem = section(page, /^Requests/)
      .locator('details')
      .filter({ hasText: 'Problem' });
    await problem.getByText('11200', { exact: true }).waitFor();
  });

  it('goes on after the engine was started again', async () => {
    const page = await open('light');
    const port = new URL(house.url).port;
    await house.client.calls.list();
    await page.locator('summary').first().waitFor();
    await house.engine.stop('SIGKILL');
    await page.getByText('The engine does not answer').waitFor();
    await house.start({ ENGINE_PORT: port });
    await page.getByText('Connected to').waitFor();
    expect(await page.locator('summary').count()).toBe(0);
    await house.client.calls.list();
    await page.locator('summary').first().waitFor();
  });
});

describe('the page and its events are for this machine only', () => {
  it('refuses other names, passed-on requests and other sites', async () => {
    for (const path of ['/', '/inspector/events']) {
      expect((await get(house.url + path))[0]).toBe(200);
      for (const headers of [
        { host: 'rebound.example' },
        { host: `127.0.0.1.example:${new URL(house.url).port}` },
        { 'x-forwarded-for': '203.0.113.9' },
        { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
      ]) {
        expect((await get(house.url + path, headers))[0]).toBe(403);
      }
    }
    expect((await get(`${house.url}/loopback-signal.js`))[0]).toBe(200);
  });

  it('is not there unless it is asked for', async () => {
    await house.engine.stop();
    await house.start({ ENGINE_INSPECTOR: 'off' });
    for (const path of ['/', '/inspector/events', '/loopback-signal.js']) {
      expect((await get(house.url + path))[0]).toBe(404);
    }
  });

  it('is out of reach through the server', async () => {
    const offhook = await bootOffhook({ env: { ENGINE_INSPECTOR: 'on' } });
    try {
      for (const path of ['/inspector/events', '/signal/../inspector/events', '/inspector.js']) {
        const [, body] = await get(offhook.url + path);
        expect(body).not.toMatch(/event: |EventSource/);
      }
    } finally {
      await offhook.stop();
    }
  });
});

describe('three lines of the how-to', () => {
  it('point the official helper at the engine', async () => {
    const client = twilio(ACCOUNT.TWILIO_ACCOUNT_SID, ACCOUNT.TWILIO_AUTH_TOKEN);
    client.api.baseUrl = house.url;
    expect(await client.calls.list()).toEqual([]);
  });

  it('point the official SDK at it, from a page of another port', async () => {
    const { application } = house;
    const page = await browser.newPage();
    const body = `<!doctype html><title>App</title><script src="${house.url}/loopback-signal.js"></script>`;
    application.on('/app', { status: 200, type: 'text/html', body });
    await page.goto(`${application.url}/app`);
    const host = new URL(house.url).host;
    const answer = await page.evaluate(`new Promise((resolve, reject) => {
      const socket = new WebSocket('wss://${host}/signal');
      socket.onopen = () => socket.send(JSON.stringify({ type: 'listen', payload: { token: '' } }));
      socket.onmessage = ({ data }) => { if (data.trim()) resolve(JSON.parse(data).type); };
      socket.onerror = () => reject(new Error('no connection'));
    })`);
    expect(answer).toBe('error');
  });
});
