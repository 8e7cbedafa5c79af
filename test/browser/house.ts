import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { Call, CallDetail, CallsAnswer } from '@offhook/contract';
import { bootOffhook, type BootOptions, type Offhook, type TestCustomer } from '../support/boot.ts';
import { openBrowser, type BrowserOptions } from '../support/chromium.ts';
import { ADMINISTRATOR } from '../support/client.ts';
import { Live } from '../support/live.ts';
import { giveEars, writeBursts } from './ear.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** What `npm test` has just built, or what was built last. */
const WEB = process.env.OFFHOOK_TEST_WEB ?? join(ROOT, 'web', 'dist');
const CUSTOMERS = join(ROOT, 'engine', 'demo', 'customers.json');

/** What the agent's microphone says, in bursts. */
export const AGENT_HZ = 700;

export const ADA = '+447700900001';

/** The demo customers as they are shipped; their voices lie beside the engine. */
export function shippedCustomers(): TestCustomer[] {
  return (JSON.parse(readFileSync(CUSTOMERS, 'utf8')) as { customers: TestCustomer[] }).customers;
}

/**
 * The whole product with its demo customers, the first administrator already there, and browsers
 * to use it with. Whoever opens it closes it.
 */
export class House {
  readonly #browsers: Browser[] = [];

  private constructor(
    readonly offhook: Offhook,
    /** What the administrator's browsers are told; null while nobody has set it up. */
    readonly live: Live | null,
    private readonly folder: string,
  ) {}

  static async open(options: BootOptions = {}): Promise<House> {
    const folder = mkdtempSync(join(tmpdir(), 'offhook-house-'));
    writeBursts(join(folder, 'agent.wav'), AGENT_HZ);
    const offhook = await bootOffhook({ customers: shippedCustomers(), web: WEB, ...options });
    const live = options.setUp === false ? null : await Live.open(offhook.admin);
    return new House(offhook, live, folder);
  }

  async close(): Promise<void> {
    this.live?.close();
    for (const browser of this.#browsers) await browser.close();
    await this.offhook.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get url(): string {
    return this.offhook.url;
  }

  /** A Chromium of its own, whose microphone speaks in bursts of AGENT_HZ. */
  async browser(options: BrowserOptions = {}): Promise<Browser> {
    const browser = await openBrowser({ microphone: join(this.folder, 'agent.wav'), ...options });
    this.#browsers.push(browser);
    return browser;
  }

  /**
   * A window in which the administrator is signed in; see ear.ts for what it hears. All of them
   * share one session, as sign-ins are rationed.
   */
  async window(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.strangersWindow(browser, options);
    const cookies = this.offhook.admin.cookie.split('; ').map((pair) => {
      const at = pair.indexOf('=');
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: this.url };
    });
    await context.addCookies(cookies);
    return context;
  }

  /** The same with nobody signed in. */
  async strangersWindow(
    browser: Browser,
    options: BrowserContextOptions = {},
  ): Promise<BrowserContext> {
    const viewport = { width: 1280, height: 900 };
    const context = await browser.newContext({ viewport, ...options });
    context.setDefaultTimeout(15_000);
    await giveEars(context);
    return context;
  }

  /** Gives a window a session of its own, by the API: the sign-in page has its own story. */
  async signIn(context: BrowserContext, { email, password } = ADMINISTRATOR): Promise<void> {
    const answer = await context.request.post(`${this.url}/api/sign-in`, {
      headers: { origin: this.url },
      data: { email, password },
    });
    if (!answer.ok()) throw new Error(`sign-in answered ${answer.status()}`);
  }

  /** A tab on /work, ready to dial. */
  async work(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${this.url}/work`);
    await page.getByRole('heading', { name: 'Recent calls' }).waitFor();
    return page;
  }

  /** The administrator's newest call once it fits. */
  async newestCall(fits: (call: Call) => boolean = () => true): Promise<Call> {
    const { calls } = await this.offhook.admin.okGet<CallsAnswer>('/api/calls?limit=1');
    if (calls[0] === undefined) throw new Error('nobody has called yet');
    if (this.live === null) throw new Error('nobody has set the house up yet');
    return this.live.until(calls[0].id, fits, 20_000);
  }

  /** The newest call, over. */
  endedCall(): Promise<Call> {
    return this.newestCall((call) => call.state === 'ended');
  }

  detail(id: string): Promise<CallDetail> {
    return this.offhook.admin.okGet<CallDetail>(`/api/calls/${id}`);
  }
}

/** The panel of the running call on /work. */
export function callPanel(page: Page) {
  return page.getByRole('region', { name: 'Call', exact: true });
}

/** The panel that says how the last call ended. */
export function lastCall(page: Page) {
  return page.getByRole('region', { name: 'Last call' });
}

/** Clicks a demo customer on /work. */
export async function ringDemo(page: Page, name: string): Promise<void> {
  await page
    .getByRole('button', { name: `Call ${name}` })
    .first()
    .click();
}

/** Clicks one and waits until both are connected. */
export async function talkTo(page: Page, name: string): Promise<void> {
  await ringDemo(page, name);
  await saysState(page, 'Connected');
}

export async function saysState(page: Page, words: string): Promise<void> {
  await callPanel(page).getByRole('status').filter({ hasText: words }).first().waitFor();
}

export async function pressEnd(page: Page): Promise<void> {
  await callPanel(page).getByRole('button', { name: 'End' }).click();
}
