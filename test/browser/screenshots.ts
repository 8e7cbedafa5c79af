/**
 * `npm run screenshots -- <folder>`: plays the product through in a real browser and keeps a
 * picture of every page in every state, light and dark, wide and narrow, to be looked at; and the
 * two of the README in docs/. With `readme` behind the folder: only those two and their states.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { InvitationCreated } from '@offhook/contract';
import { readWav } from '../../engine/src/media/audio/wav.ts';
import { openPostgres } from '../../start/src/postgres/postgres.ts';
import { ADMINISTRATOR } from '../support/client.ts';
import { freePort } from '../support/free-port.ts';
import { writeSamples } from './ear.ts';
import { callPanel, House, lastCall, pressEnd, ringDemo, saysState, talkTo } from './house.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DOCS = join(ROOT, 'docs');
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };
const LONG_NAME = 'Wilhelmina Featherstonehaugh-Cholmondeley of Marjoribanks';

/** What an agent might sound like: a demo customer's voice, with pauses to listen in. */
function writeVoice(path: string): void {
  const rate = 8_000;
  const voice = readWav(readFileSync(join(ROOT, 'engine', 'sounds', 'hangs-up-soon.wav')));
  const pause = 4 * rate;
  const samples = new Int16Array(pause + voice.length);
  samples.set(voice, pause);
  writeSamples(path, rate, samples);
}

/** Takes the pictures of one state: each theme, each width. */
class Camera {
  #count = 0;

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  async take(page: Page, name: string): Promise<void> {
    this.#count += 1;
    const number = String(this.#count).padStart(2, '0');
    for (const [width, viewport] of [
      ['wide', WIDE],
      ['narrow', NARROW],
    ] as const) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.locator(`html[data-theme=${colorScheme}]`).waitFor();
        const path = join(this.folder, `${number}-${name}-${width}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: width === 'narrow' });
      }
    }
    await page.setViewportSize(WIDE);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    process.stdout.write(`${number} ${name}\n`);
  }
}

class Tour {
  #page: Page | null = null;

  constructor(
    private readonly house: House,
    private readonly browser: Browser,
    private readonly context: BrowserContext,
    private readonly camera: Camera,
  ) {}

  /** Only the two pictures of the README. */
  async readme(): Promise<void> {
    this.#page = await this.context.newPage();
    await this.house.offhook.admin.okSetUp();
    await this.house.signIn(this.context);
    await this.go('/work', 'Recent calls');
    for (const name of ['Nora Never', 'Bob Busy', 'Hugo Hangup', 'Ned Notinservice']) {
      await ringDemo(this.page, name);
      if (name === 'Nora Never') {
        await saysState(this.page, 'Ringing');
        await pressEnd(this.page);
      }
      await lastCall(this.page).waitFor();
    }
    await this.forTheReadme();
  }

  async run(): Promise<void> {
    this.#page = await this.context.newPage();
    await this.outside();
    await this.firstCalls();
    await this.trouble();
    await this.forTheReadme();
    await this.records();
    await this.demoPhone();
    await this.settings();
    await this.sipPhone();
  }

  private get page(): Page {
    if (this.#page === null) throw new Error('the tour has not begun');
    return this.#page;
  }

  private async go(path: string, heading: string): Promise<void> {
    await this.page.goto(`${this.house.url}${path}`);
    await this.page.getByRole('heading', { name: heading, exact: true }).first().waitFor();
  }

  private async outside(): Promise<void> {
    const { page, camera, house } = this;
    await this.go('/', 'Welcome to Offhook');
    await camera.take(page, 'setup');
    await page.getByRole('button', { name: 'Create administrator' }).click();
    await page.locator('input[aria-invalid=true]').first().waitFor();
    await camera.take(page, 'setup-errors');
    await house.offhook.admin.okSetUp();
    await this.go('/sign-in', 'Sign in');
    await page.getByLabel('E-mail').fill(ADMINISTRATOR.email);
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await camera.take(page, 'sign-in-refused');
    const body = { email: 'ann@example.com', role: 'agent', teamId: null };
    const made = await house.offhook.admin.post<InvitationCreated>('/api/invitations', body);
    await this.go(new URL(made.body.link).pathname, 'Join Offhook');
    await camera.take(page, 'join');
    await this.go('/join/nonsense', 'This link does not work any more');
    await camera.take(page, 'join-gone');
    await house.signIn(this.context);
  }

  private async firstCalls(): Promise<void> {
    const { page, camera } = this;
    await this.go('/reports/voice/calls', 'Call Records');
    await page.getByText('No calls yet').waitFor();
    await camera.take(page, 'records-empty');
    await this.go('/work', 'Recent calls');
    await page.getByText('Calls you make appear here.').waitFor();
    await camera.take(page, 'work-idle-empty');
    const field = page.getByRole('textbox', { name: 'Number to call' });
    await field.fill('020 7946 0123');
    await page.getByText(/landline/).waitFor();
    await camera.take(page, 'work-number');
    await field.fill('999');
    await field.press('Enter');
    await page.getByRole('alert').waitFor();
    await camera.take(page, 'work-number-refused');
    await field.fill('');
    await ringDemo(page, 'Nora Never');
    await saysState(page, 'Ringing');
    await camera.take(page, 'work-ringing');
    await pressEnd(page);
    await lastCall(page).waitFor();
    await camera.take(page, 'work-cancelled');
    await ringDemo(page, 'Bob Busy');
    await lastCall(page).getByText('line is busy').waitFor();
    await camera.take(page, 'work-busy');
    await talkTo(page, 'Sam Silent');
    await callPanel(page).getByText('Nothing has been heard').waitFor();
    await callPanel(page).getByRole('button', { name: 'Mute' }).click();
    await callPanel(page).getByRole('button', { name: 'Keypad' }).click();
    await callPanel(page).getByText('You are speaking, but you are muted').waitFor();
    await camera.take(page, 'work-silent-muted-keypad');
    const second = await this.house.work(this.context);
    await saysState(second, 'Connected');
    await camera.take(second, 'work-second-tab');
    await second.close();
    await pressEnd(page);
    await lastCall(page).waitFor();
    await ringDemo(page, 'Hugo Hangup');
    await lastCall(page).getByText('Customer hung up').waitFor();
    await camera.take(page, 'work-customer-hung-up');
  }

  private async trouble(): Promise<void> {
    const { page, camera, house } = this;
    const deaf = await house.work(await house.window(await house.browser({ allowed: false })));
    await ringDemo(deaf, 'Ada Answers');
    await deaf.getByRole('alert').waitFor();
    await camera.take(deaf, 'work-microphone-blocked');
    await deaf.context().close();
    await this.context.setOffline(true);
    await page.getByText('This computer is offline.').waitFor();
    await camera.take(page, 'work-offline');
    await this.context.setOffline(false);
    const own = await house.strangersWindow(this.browser);
    await house.signIn(own);
    const expired = await house.work(own);
    await own.clearCookies();
    await expired.getByRole('link', { name: 'Call Records' }).click();
    await expired.getByRole('dialog').waitFor();
    await camera.take(expired, 'session-expired');
    await own.close();
    await this.go('/nowhere', 'There is no page here');
    await camera.take(page, 'not-found');
  }

  /** Ada is talking, the agent too, and the recording runs; then the same call played back. */
  private async forTheReadme(): Promise<void> {
    const { page, camera } = this;
    mkdirSync(DOCS, { recursive: true });
    await this.go('/work', 'Recent calls');
    await talkTo(page, 'Ada Answers');
    await callPanel(page).getByText('0:02', { exact: true }).waitFor();
    // At a moment when both can be heard.
    await page.waitForFunction(
      `[...document.querySelectorAll('[data-level]')].every((meter) => meter.dataset.level > 5)`,
    );
    await page.screenshot({ path: join(DOCS, 'work-in-call.png') });
    await camera.take(page, 'work-in-call');
    await callPanel(page).getByText('0:24', { exact: true }).waitFor({ timeout: 40_000 });
    await pressEnd(page);
    await lastCall(page).getByRole('link', { name: 'Open the record' }).click();
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    await page.locator('figure canvas').nth(1).waitFor();
    await page.getByRole('slider').fill('9');
    await page.screenshot({ path: join(DOCS, 'call-record.png') });
    await camera.take(page, 'record');
  }

  private async records(): Promise<void> {
    const { page, camera } = this;
    await this.go('/reports/voice/calls', 'Call Records');
    await page.getByRole('row').nth(2).waitFor();
    await camera.take(page, 'records');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByLabel('Outcome').selectOption('busy');
    await page.getByRole('row').nth(1).getByText('Bob Busy').waitFor();
    await camera.take(page, 'records-filter-open');
    await page.keyboard.press('Escape');
    await camera.take(page, 'records-filtered');
    await page.getByRole('row').nth(1).click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    await camera.take(page, 'record-busy');
    await page.goto(`${this.house.url}/reports/voice/calls/nonsense`);
    await page.getByText('There is no such call').waitFor();
    await camera.take(page, 'record-unknown');
  }

  private async demoPhone(): Promise<void> {
    const { page, camera } = this;
    const customer = await this.context.newPage();
    await customer.goto(`${this.house.url}/demo-phone`);
    await customer.getByRole('button', { name: 'Switch the phone on' }).waitFor();
    await camera.take(customer, 'demo-phone-off');
    await customer.getByRole('button', { name: 'Switch the phone on' }).click();
    await customer.getByText('Ready to ring').waitFor();
    await camera.take(customer, 'demo-phone-ready');
    await this.go('/work', 'Recent calls');
    await ringDemo(page, 'You, on the demo phone');
    await customer.getByRole('button', { name: 'Answer' }).waitFor();
    await camera.take(customer, 'demo-phone-ringing');
    await customer.getByRole('button', { name: 'Answer' }).click();
    await customer.getByText('Connected').waitFor();
    await camera.take(customer, 'demo-phone-talking');
    await page.getByRole('link', { name: 'Call Records' }).click();
    await page.getByRole('row').nth(2).waitFor();
    await camera.take(page, 'records-in-call');
    await customer.getByRole('button', { name: 'Hang up' }).click();
    await customer.getByText(/^You hung up/).waitFor();
    await camera.take(customer, 'demo-phone-after');
    await customer.close();
  }

  private async settings(): Promise<void> {
    const { page, camera, house } = this;
    await house.offhook.admin.post('/api/teams', { name: 'Collections' });
    await house.offhook.admin.post('/api/teams', { name: `Team of ${LONG_NAME}` });
    await house.offhook.admin.post('/api/api-keys', { name: 'Nightly export' });
    for (const [path, name, expected] of [
      ['people', 'People', 'ann@example.com'],
      ['teams', 'Teams', 'Collections'],
      ['trunks', 'Trunks', 'No trunks yet'],
      ['trunks/new', 'Add a trunk', 'Connection'],
      ['api-keys', 'API keys', 'Nightly export'],
      ['phone', 'Phone', 'Desk phone or softphone'],
      ['appearance', 'Appearance', null],
    ] as const) {
      await page.goto(`${house.url}/settings/${path}`);
      await page.getByRole('main').getByRole('heading', { name, level: 2 }).waitFor();
      if (expected !== null) await page.getByRole('main').getByText(expected).first().waitFor();
      await camera.take(page, `settings-${path.replace('/', '-')}`);
    }
    await page.goto(`${house.url}/settings/people`);
    await page.getByRole('button', { name: 'Invite' }).first().click();
    await page.getByRole('dialog').waitFor();
    await camera.take(page, 'settings-invite');
  }

  /** An agent with a SIP phone: choosing it, and a call of theirs; nobody has registered one. */
  private async sipPhone(): Promise<void> {
    const { page, camera, house } = this;
    await this.go('/settings/phone', 'Phone');
    await page.getByRole('radio', { name: /Desk phone or softphone/ }).click();
    await page.getByLabel('Password').waitFor();
    await camera.take(page, 'settings-phone-password');
    await page.goto(`${house.url}/settings/people`);
    await page.getByRole('cell', { name: 'SIP phone' }).waitFor();
    await camera.take(page, 'settings-people-phones');
    await page
      .getByRole('button', { name: /^Actions for/ })
      .first()
      .click();
    await page.getByRole('menuitem', { name: 'Choose the phone' }).click();
    await page.getByRole('dialog').waitFor();
    await camera.take(page, 'settings-person-phone');
    await this.go('/work', 'Recent calls');
    await camera.take(page, 'work-sip-phone');
    await ringDemo(page, 'Ada Answers');
    await lastCall(page).waitFor();
    await camera.take(page, 'work-sip-phone-unreachable');
  }
}

const [folder = join(ROOT, 'test-results', 'screenshots'), only] = process.argv.slice(2);
const own = mkdtempSync(join(tmpdir(), 'offhook-screenshots-'));
const postgres = await openPostgres({
  folder: join(own, 'postgres'),
  port: await freePort(),
  adminPassword: 'admin',
  password: 'offhook',
  onLog: () => undefined,
});
try {
  const house = await House.open({ databaseUrl: postgres.url, setUp: false });
  try {
    const microphone = join(own, 'voice.wav');
    writeVoice(microphone);
    const browser = await house.browser({ microphone });
    const context = await house.strangersWindow(browser, {
      viewport: WIDE,
      locale: 'en-GB',
      // To wait for a moment when both speak, the camera evaluates text in the page.
      bypassCSP: true,
    });
    const tour = new Tour(house, browser, context, new Camera(resolve(folder)));
    await (only === 'readme' ? tour.readme() : tour.run());
  } finally {
    await house.close();
  }
} finally {
  await postgres.close();
  rmSync(own, { recursive: true, force: true });
}
