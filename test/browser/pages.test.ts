import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InvitationCreated } from '@offhook/contract';
import { sidewaysScroll } from '../support/axe.ts';
import { ADMINISTRATOR } from '../support/client.ts';
import {
  callPanel,
  House,
  lastCall,
  pressEnd,
  ringDemo,
  saysState,
  shippedCustomers,
  talkTo,
} from './house.ts';
import { isSound } from './soundness.ts';

const FIRST_LOAD_BYTES = 250_000;
/** Somebody whose name fits nowhere. */
const WILHELMINA = {
  number: '+447700900009',
  name: 'Wilhelmina Featherstonehaugh-Cholmondeley of Marjoribanks and Daughters',
  ringMs: 0,
  then: 'busy',
} as const;

let house: House;
let browser: Browser;
let context: BrowserContext;
let agent: Page;

beforeAll(async () => {
  house = await House.open({ setUp: false, customers: [...shippedCustomers(), WILHELMINA] });
  browser = await house.browser();
});

afterAll(async () => {
  await house?.close();
});

async function open(path: string, heading: string): Promise<void> {
  await agent.goto(`${house.url}${path}`);
  await agent.getByRole('heading', { name: heading, exact: true }).waitFor();
}

describe('every page: axe in light and dark, and 320 px wide', () => {
  it('set-up', async () => {
    context = await house.strangersWindow(browser);
    agent = await context.newPage();
    await open('/', 'Welcome to Offhook');
    await isSound(agent);
    await agent.getByRole('button', { name: 'Create administrator' }).click();
    await agent.locator('input[aria-invalid=true]').first().waitFor();
    await isSound(agent);
  });

  it('sign-in, empty and refused', async () => {
    await house.offhook.admin.okSetUp();
    await open('/sign-in', 'Sign in');
    await isSound(agent);
    await agent.getByLabel('E-mail').fill(ADMINISTRATOR.email);
    await agent.getByLabel('Password').fill('wrong');
    await agent.getByRole('button', { name: 'Sign in' }).click();
    await agent.getByRole('alert').waitFor();
    await isSound(agent);
  });

  it('join, by a link that works and by one that does not', async () => {
    const { admin } = house.offhook;
    const answer = await admin.post<InvitationCreated>('/api/invitations', {
      email: 'ann@example.com',
      role: 'agent',
      teamId: null,
    });
    expect(answer.status).toBe(201);
    await open(new URL(answer.body.link).pathname, 'Join Offhook');
    await isSound(agent);
    await open('/join/nonsense', 'This link does not work any more');
    await isSound(agent);
  });

  it('work: idle, ringing, in a call, ended', async () => {
    await house.signIn(context);
    await open('/reports/voice/calls', 'Call Records');
    await agent.getByText('No calls yet').waitFor();
    await isSound(agent);
    await open('/work', 'Recent calls');
    await agent.getByText('Calls you make appear here.').waitFor();
    await isSound(agent);
    await ringDemo(agent, 'Nora Never');
    await saysState(agent, 'Ringing');
    await isSound(agent);
    await pressEnd(agent);
    await lastCall(agent).waitFor();
    await talkTo(agent, 'Ada Answers');
    await callPanel(agent).getByRole('button', { name: 'Keypad' }).click();
    await callPanel(agent).getByRole('button', { name: 'Mute' }).click();
    // Of the two keypads in sight only the call's own takes keys.
    const dialPad = agent.getByRole('group', { name: 'Dial pad' });
    expect(await dialPad.getByRole('button', { name: 'Star' }).isDisabled()).toBe(true);
    await isSound(agent);
    await pressEnd(agent);
    await lastCall(agent).waitFor();
    expect(await dialPad.getByRole('button', { name: 'Star' }).isEnabled()).toBe(true);
    await isSound(agent);
    await ringDemo(agent, WILHELMINA.name);
    await lastCall(agent).getByText('line is busy').waitFor();
    await isSound(agent);
  });

  it('work on a narrow screen: how the call ended comes before the dial pad', async () => {
    const viewport = agent.viewportSize() ?? { width: 1280, height: 900 };
    await agent.setViewportSize({ width: 320, height: 640 });
    const topOf = async (place: Locator) => (await place.boundingBox())?.y ?? NaN;
    expect(await topOf(lastCall(agent))).toBeLessThan(
      await topOf(agent.getByRole('textbox', { name: 'Number to call' })),
    );
    await agent.setViewportSize(viewport);
  });

  it('call records, and one call with its player', async () => {
    await open('/reports/voice/calls', 'Call Records');
    await agent.getByRole('row').nth(2).waitFor();
    await isSound(agent);
    const columns = async () => {
      const heads = await agent.getByRole('columnheader').all();
      return Promise.all(heads.map(async (head) => (await head.boundingBox())?.x));
    };
    const before = await columns();
    await agent.getByRole('button', { name: 'Filter' }).click();
    await agent.getByLabel('Outcome').selectOption('completed');
    await isSound(agent);
    await agent.keyboard.press('Escape');
    await expect.poll(() => agent.getByRole('row').count()).toBe(2);
    expect(await columns()).toEqual(before);
    await agent.getByRole('row').nth(1).getByRole('link').click();
    await agent.getByRole('button', { name: 'Play', exact: true }).waitFor();
    await agent.getByRole('figure').nth(1).waitFor();
    await isSound(agent);
    // Back to the list as it was, also after a reload.
    await agent.reload();
    await agent.getByRole('main').getByRole('link', { name: 'Call Records' }).click();
    await agent.getByRole('button', { name: 'Remove filter Outcome: Completed' }).waitFor();
    await agent.goto(`${house.url}/reports/voice/calls/nonsense`);
    await agent.getByText('There is no such call').waitFor();
    await isSound(agent);
  });

  it('demo phone: off, ready, ringing, talking', async () => {
    const customer = await context.newPage();
    await customer.goto(`${house.url}/demo-phone`);
    const on = customer.getByRole('button', { name: 'Switch the phone on' });
    await on.waitFor();
    await isSound(customer);
    await on.click();
    await customer.getByText('Ready to ring').waitFor();
    await isSound(customer);
    await open('/work', 'Recent calls');
    await ringDemo(agent, 'You, on the demo phone');
    const answer = customer.getByRole('button', { name: 'Answer' });
    await answer.waitFor();
    await isSound(customer);
    // A laptop's window at 200 %: the buttons are still on the screen.
    await customer.setViewportSize({ width: 640, height: 400 });
    const { y = NaN, height = NaN } = (await answer.boundingBox()) ?? {};
    expect(y + height).toBeLessThan(400);
    await answer.click();
    await customer.getByText('Connected').waitFor();
    await isSound(customer);
    await customer.getByRole('button', { name: 'Hang up' }).click();
    await customer.getByText(/^You hung up after/).waitFor();
    await customer.close();
  });

  it.each([
    ['/settings/people', 'People'],
    ['/settings/teams', 'Teams'],
    ['/settings/trunks', 'Trunks'],
    ['/settings/trunks/new', 'Trunks'],
    ['/settings/api-keys', 'API keys'],
    ['/settings/phone', 'Phone'],
    ['/settings/appearance', 'Appearance'],
  ])('%s', async (path, name) => {
    await agent.goto(`${house.url}${path}`);
    await agent.getByRole('link', { name, exact: true }).waitFor();
    await agent.getByRole('main').getByRole('heading', { level: 2 }).first().waitFor();
    await isSound(agent);
  });

  it('a question about somebody with a long address fits into 320 px', async () => {
    const email = 'wilhelmina.featherstonehaughcholmondeley@customerservices.example.com';
    const invitation = { email, role: 'agent', teamId: null };
    expect((await house.offhook.admin.post('/api/invitations', invitation)).status).toBe(201);
    await agent.goto(`${house.url}/settings/people`);
    await agent.getByRole('button', { name: `Withdraw the link for ${email}` }).click();
    const dialog = agent.getByRole('dialog');
    await dialog.waitFor();
    await isSound(agent);
    await agent.setViewportSize({ width: 320, height: 640 });
    expect(await sidewaysScroll(agent, '[role=dialog]')).toBe(0);
    await agent.setViewportSize({ width: 1280, height: 900 });
  });

  it('an address that is no page', async () => {
    for (const path of ['/nowhere', '/settings/nowhere', '/reports/voice/nowhere']) {
      await open(path, 'There is no page here');
      await isSound(agent);
    }
    await agent.close();
  });
});

describe('with the keyboard alone', () => {
  it('signs in, dials, ends, opens the record, plays it, and reaches the settings', async () => {
    // An older call, so that there are two rows to go up and down.
    const { admin } = house.offhook;
    const older = await admin.okCall('+447700900002');
    await admin.post(`/api/calls/${older.id}/hangup`, {});
    const stranger = await house.strangersWindow(browser);
    const page = await stranger.newPage();
    const { keyboard } = page;
    const focused = page.locator(':focus');
    /** Tab by Tab, as a person would: what cannot be reached in fifty steps cannot be reached. */
    const tabTo = async (role: 'button' | 'link' | 'textbox', name: string | RegExp) => {
      const wanted = page.getByRole(role, { name, exact: true }).first();
      await wanted.waitFor();
      for (let step = 0; step < 50; step += 1) {
        if ((await wanted.and(focused).count()) > 0) return;
        await keyboard.press('Tab');
      }
      throw new Error(`${role} ${name} was not reached with Tab`);
    };

    await page.goto(house.url);
    await tabTo('textbox', 'E-mail');
    await keyboard.type(ADMINISTRATOR.email);
    await keyboard.press('Tab');
    await keyboard.type(ADMINISTRATOR.password);
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Recent calls' }).waitFor();

    // Digits typed anywhere are the number.
    await keyboard.type('07700900007');
    await keyboard.press('Enter');
    await saysState(page, 'Connected');
    await keyboard.press('m');
    await callPanel(page).getByRole('button', { name: 'Unmute' }).waitFor();
    await keyboard.press('m');
    await callPanel(page).getByRole('button', { name: 'Mute' }).waitFor();
    await keyboard.press('Control+Shift+E');
    await lastCall(page).waitFor();
    await tabTo('link', 'Open the record');
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    await tabTo('button', 'Play');
    await keyboard.press('Space');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    expect(await focused.innerText()).toBe('Pause');

    await page.goto(`${house.url}/reports/voice/calls`);
    await tabTo('link', /Sam Silent/);
    await keyboard.press('ArrowDown');
    expect(await focused.innerText()).not.toContain('Sam Silent');
    await keyboard.press('ArrowUp');
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    await tabTo('link', 'Settings');
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await stranger.close();
  });
});

describe('the first load of /work', () => {
  it('is under 250 kB of compressed JavaScript, and the Voice SDK is not part of it', async () => {
    const own = await house.window(browser);
    const page = await own.newPage();
    const devtools = await own.newCDPSession(page);
    await devtools.send('Network.enable');
    const waiting = new Map<string, string>();
    let bytes = 0;
    devtools.on('Network.requestWillBeSent', ({ requestId, type, request }) => {
      // That the live stream's worker (1 kB) has come is told to the worker, not to the page.
      const counts = type === 'Script' && !request.url.includes('/shared-worker');
      if (counts) waiting.set(requestId, request.url);
    });
    devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (waiting.delete(requestId)) bytes += encodedDataLength;
    });
    await page.goto(`${house.url}/work`);
    await page
      .getByRole('region', { name: 'Recent calls' })
      .getByRole('listitem')
      .first()
      .waitFor();
    await expect.poll(() => [...waiting.values()]).toEqual([]);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(FIRST_LOAD_BYTES);
    // The first touch fetches it.
    const sdk = page.waitForResponse(/\/assets\/.*\.js$/);
    await page.mouse.move(200, 200);
    await page.mouse.move(300, 300);
    expect((await sdk).status()).toBe(200);
    await own.close();
  });
});
