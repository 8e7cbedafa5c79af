import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CallsAnswer, PhoneToken } from '@offhook/contract';
import { openMicrophones, watchMicrophones } from './ear.ts';
import { ADA, callPanel, House, lastCall, pressEnd, ringDemo, saysState, talkTo } from './house.ts';

/** Short, so that a token runs out while somebody watches. */
const TOKEN_SECONDS = 12;

let house: House;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  house = await House.open({ env: { PHONE_TOKEN_SECONDS: String(TOKEN_SECONDS) } });
  browser = await house.browser();
});

afterAll(async () => {
  await house?.close();
});

afterEach(async () => {
  await context?.close();
});

/** A window of its own for a story, so that none inherits another's tabs or session. */
async function atWork(from = browser): Promise<Page> {
  context = await house.window(from);
  return house.work(context);
}

async function callsMade(): Promise<number> {
  return (await house.offhook.admin.okGet<CallsAnswer>('/api/calls')).calls.length;
}

describe('without a microphone', () => {
  it('refused: says that it is blocked and where to allow it; nobody is called', async () => {
    const agent = await atWork(await house.browser({ allowed: false }));
    const before = await callsMade();
    await ringDemo(agent, 'Ada Answers');
    const alert = agent.getByRole('alert').filter({ hasText: 'The microphone is blocked' });
    await alert.getByText('allow the microphone, then call again').waitFor();
    expect(await callsMade()).toBe(before);
  });

  it('missing: says to plug one in; nobody is called', async () => {
    const agent = await atWork(await house.browser({ devices: false }));
    const before = await callsMade();
    await ringDemo(agent, 'Ada Answers');
    const alert = agent.getByRole('alert').filter({ hasText: 'No microphone found' });
    await alert.getByText('Plug in a headset or a microphone').waitFor();
    expect(await callsMade()).toBe(before);
  });
});

describe('numbers that cannot be called', () => {
  const NUMBERS: [number: string, words: string][] = [
    ['999', 'Emergency numbers cannot be called from here. Use a mobile or a desk phone.'],
    ['+44 909 8790 123', 'Premium-rate numbers may not be called from here.'],
    ['0770', 'No phone can have this number. Check the digits.'],
    ['12#4', 'This is not a phone number we can read.'],
  ];

  it('say why at the field, once', async () => {
    const agent = await atWork();
    const before = await callsMade();
    const field = agent.getByRole('textbox', { name: 'Number to call' });
    const alerts = agent.getByRole('alert');
    // Enter comes here before the field has asked about the number.
    const placed: string[] = [];
    agent.on('request', (request) => {
      if (request.method() === 'POST') placed.push(request.url());
    });
    for (const [number, words] of NUMBERS) {
      await field.fill(number);
      await field.press('Enter');
      await expect.poll(() => alerts.allInnerTexts()).toEqual([words]);
      expect(await field.getAttribute('aria-invalid')).toBe('true');
    }
    expect(placed).toEqual([]);
    expect(await callsMade()).toBe(before);
  });
});

describe('a token that runs out in mid-page', () => {
  it('ends no call, keeps a phone on the air, and the next call is made', async () => {
    const agent = await atWork();
    const tokens = new Set<string>();
    context.on('response', async (response) => {
      if (!response.url().includes('/api/phone/token')) return;
      tokens.add(((await response.json()) as PhoneToken).token);
    });
    const customer = await context.newPage();
    await customer.goto(`${house.url}/demo-phone`);
    await customer.getByRole('button', { name: 'Switch the phone on' }).click();
    await customer.getByText('Ready to ring').waitFor();
    const answer = async () => {
      await ringDemo(agent, 'You, on the demo phone');
      await customer.getByRole('button', { name: 'Answer' }).click();
      await saysState(agent, 'Connected');
    };
    await answer();
    const expiry = Math.max(...[...tokens].map(expiryOf));
    await expect.poll(() => Date.now() > expiry + 1_000, { timeout: 20_000 }).toBe(true);
    await saysState(agent, 'Connected');
    await pressEnd(agent);
    await lastCall(agent)
      .getByText(/^You hung up after 1\d s\.$/)
      .waitFor();
    await customer.getByText('Ready to ring').waitFor();
    await lastCall(agent).getByRole('button', { name: 'Close' }).click();
    await answer();
    await pressEnd(agent);
    await lastCall(agent).waitFor();
    expect(await house.endedCall()).toMatchObject({ outcome: 'completed', endedBy: 'agent' });
  });
});

function expiryOf(token: string): number {
  const [, payload = ''] = token.split('.');
  const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
  return exp * 1000;
}

describe('a session that ends in mid-call', () => {
  it('asks to sign in again over the page; End works and the record says the agent', async () => {
    const agent = await atWorkAlone();
    await talkTo(agent, 'Sam Silent');
    await endSession();
    const dialog = agent.getByRole('dialog', { name: 'Please sign in again' });
    await dialog.waitFor();
    // The bar with the running call stays in reach.
    await agent.getByRole('button', { name: 'End call' }).click();
    const call = await house.endedCall();
    expect(call).toMatchObject({ outcome: 'completed', endedBy: 'agent' });
    await dialog.getByLabel('Password').fill('correct horse battery');
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await lastCall(agent).waitFor();
  });

  it('can be mended during the call, which goes on', async () => {
    const agent = await atWorkAlone();
    await talkTo(agent, 'Sam Silent');
    await endSession();
    const dialog = agent.getByRole('dialog', { name: 'Please sign in again' });
    await dialog.getByLabel('Password').fill('correct horse battery');
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await saysState(agent, 'Connected');
    await pressEnd(agent);
    await lastCall(agent)
      .getByText(/^You hung up after /)
      .waitFor();
    expect(await house.endedCall()).toMatchObject({ endReason: 'agent_hung_up' });
  });

  async function atWorkAlone(): Promise<Page> {
    context = await house.strangersWindow(browser);
    await house.signIn(context);
    return house.work(context);
  }

  /** As somebody who takes this browser's session away: the browser itself does not know. */
  async function endSession(): Promise<void> {
    const cookies = await context.cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${house.url}/api/sign-out`, {
      method: 'POST',
      headers: { cookie, origin: house.url },
    });
    expect(answer.status).toBe(204);
  }
});

describe('a network that is lost', () => {
  it('is said in a banner, and the page catches up by itself', async () => {
    const agent = await atWork();
    await context.setOffline(true);
    const banner = agent.getByText('This computer is offline.');
    await banner.waitFor();
    await context.setOffline(false);
    await banner.waitFor({ state: 'hidden' });
    await talkTo(agent, 'Sam Silent');
    await pressEnd(agent);
    await lastCall(agent).waitFor();
  });
});

describe('a phone network that does not confirm the end', () => {
  it('is told of, with the microphone off; then the call is over', async () => {
    // One that was never allowed a microphone: allowing it changes its list of devices in mid-call.
    context = await house.window(await house.browser());
    await watchMicrophones(context);
    const agent = await house.work(context);
    await talkTo(agent, 'Sam Silent');
    expect(await openMicrophones(agent)).toBe(1);
    const { pid } = house.offhook.engine;
    process.kill(pid, 'SIGSTOP');
    try {
      await pressEnd(agent);
      await callPanel(agent)
        .getByText('The phone network has not confirmed the end yet. Your microphone is off')
        .waitFor();
      expect(await openMicrophones(agent)).toBe(0);
      await agent.getByRole('link', { name: 'Call Records' }).click();
      await agent.getByRole('heading', { name: 'Call Records' }).waitFor();
      await agent.getByRole('link', { name: 'Work', exact: true }).click();
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await lastCall(agent)
      .getByText(/^You hung up after /)
      .waitFor();
    expect(await house.endedCall()).toMatchObject({ endReason: 'agent_hung_up' });
  });
});

describe('one call at a time', () => {
  it('offers no second call while one runs, and names it in the tab on every page', async () => {
    const agent = await atWork();
    await talkTo(agent, 'Sam Silent');
    await agent.getByRole('textbox', { name: 'Number to call' }).fill('07700900002');
    expect(await agent.getByRole('button', { name: 'Call', exact: true }).isDisabled()).toBe(true);
    expect(await agent.getByRole('button', { name: 'Call Bob Busy' }).first().isDisabled()).toBe(
      true,
    );
    await agent.getByRole('link', { name: 'Call Records' }).click();
    await agent.getByRole('heading', { name: 'Call Records' }).waitFor();
    await expect.poll(() => agent.title()).toMatch(/^● 0:\d\d Sam Silent · Offhook$/);
    await agent.getByRole('button', { name: 'End call' }).click();
    await expect.poll(() => agent.title()).toBe('Call Records · Offhook');
  });

  it('refuses a call that another window was quicker to make, and says so', async () => {
    const agent = await atWork();
    const elsewhere = await house.window(browser);
    const late = await house.work(elsewhere);
    let release = (): void => undefined;
    const running = new Promise<void>((resolve) => (release = resolve));
    await late.route('**/api/calls', async (route) => {
      if (route.request().method() === 'POST') await running;
      await route.continue();
    });
    const asked = late.waitForRequest(
      (request) => request.method() === 'POST' && request.url().endsWith('/api/calls'),
    );
    await ringDemo(late, 'Bob Busy');
    await asked;
    await talkTo(agent, 'Sam Silent');
    release();
    await late.getByRole('alert').filter({ hasText: 'You already have a call running' }).waitFor();
    await late.getByText('The sound of this call is in another tab').waitFor();
    await pressEnd(agent);
    await lastCall(agent).waitFor();
    await lastCall(late).waitFor();
    await elsewhere.close();
  });

  it('shows the call in a second tab, which can end it but not take its sound', async () => {
    const agent = await atWork();
    await talkTo(agent, 'Sam Silent');
    const second = await house.work(context);
    await saysState(second, 'Connected');
    await second.getByText('The sound of this call is in another tab').waitFor();
    expect(await callPanel(second).getByRole('button', { name: 'Mute' }).count()).toBe(0);
    expect(await second.getByRole('button', { name: 'Call Bob Busy' }).first().isDisabled()).toBe(
      true,
    );
    await pressEnd(second);
    await lastCall(agent)
      .getByText(/^You hung up after /)
      .waitFor();
    await lastCall(second)
      .getByText(/^You hung up after /)
      .waitFor();
    expect(await house.endedCall()).toMatchObject({ endReason: 'agent_hung_up' });
  });
});

describe('a page that goes away in mid-call ends the call', () => {
  const LEFT = { state: 'ended', outcome: 'completed', endReason: 'agent_left', endedBy: 'agent' };

  it('closed tab', async () => {
    const agent = await atWork();
    await talkTo(agent, 'Sam Silent');
    await agent.close();
    expect(await house.endedCall()).toMatchObject(LEFT);
  });

  it('crashed tab', async () => {
    const agent = await atWork();
    await talkTo(agent, 'Sam Silent');
    const crashed = agent.waitForEvent('crash');
    const devtools = await context.newCDPSession(agent);
    // Never answers: there is nobody left who could.
    devtools.send('Page.crash').catch(() => undefined);
    await crashed;
    expect(await house.endedCall()).toMatchObject(LEFT);
  });

  it('closed browser', async () => {
    const own = await house.browser();
    const agent = await house.work(await house.window(own));
    await talkTo(agent, 'Sam Silent');
    await own.close();
    expect(await house.endedCall()).toMatchObject(LEFT);
  });

  it('reload, which the browser asks about first; then the next call works', async () => {
    const agent = await atWork();
    await talkTo(agent, 'Sam Silent');
    const asked = agent.waitForEvent('dialog').then(async (dialog) => {
      await dialog.accept();
      return dialog.type();
    });
    await agent.reload();
    expect(await asked).toBe('beforeunload');
    expect(await house.endedCall()).toMatchObject(LEFT);
    await talkTo(agent, 'Sam Silent');
    await pressEnd(agent);
    await lastCall(agent)
      .getByText(/^You hung up after /)
      .waitFor();
  });
});

describe('plain http away from localhost', () => {
  it('says on /work that browsers give no microphone there and what to do', async () => {
    const away = await House.open({ env: { PUBLIC_URL: 'http://phones.example' }, setUp: false });
    try {
      await away.offhook.admin.okSetUp();
      const port = new URL(away.url).port;
      const args = [`--host-resolver-rules=MAP phones.example:80 127.0.0.1:${port}`];
      const page = await (await away.strangersWindow(await away.browser({ args }))).newPage();
      await page.goto('http://phones.example/');
      await page.getByLabel('E-mail').fill('grace@example.com');
      await page.getByLabel('Password').fill('correct horse battery');
      await page.getByRole('button', { name: 'Sign in' }).click();
      const alert = page.getByRole('alert').filter({ hasText: 'No microphone on this address' });
      await alert.getByText('Open Offhook over https').waitFor();
      await page.getByRole('textbox', { name: 'Number to call' }).fill(ADA);
      expect(await page.getByRole('button', { name: 'Call', exact: true }).isDisabled()).toBe(true);
    } finally {
      await away.close();
    }
  });
});
