import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallDetail } from '@offhook/contract';
import { bootOffhook, type Offhook } from '../support/boot.ts';
import { openBrowser } from '../support/chromium.ts';
import { Client } from '../support/client.ts';
import { decibelsAbove, decodeMp3, loudness } from '../support/tones.ts';
import { giveEars, heardBy, writeBursts } from './ear.ts';

const AGENT_HZ = 700;
const CUSTOMER_HZ = 1300;
const WEB = process.env.OFFHOOK_TEST_WEB ?? join(import.meta.dirname, '..', '..', 'web', 'dist');
const PERSON = {
  number: '+447700900008',
  name: 'Pat Person',
  ringMs: 0,
  then: 'client',
  client: 'demo_phone',
} as const;

let offhook: Offhook;
let folder: string;
let agentBrowser: Browser;
let customerBrowser: Browser;
let agent: Page;
let customer: Page;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'offhook-browser-'));
  offhook = await bootOffhook({ customers: [PERSON], web: WEB, setUp: false });
  agentBrowser = await browserThatSays(AGENT_HZ);
  customerBrowser = await browserThatSays(CUSTOMER_HZ);
});

afterAll(async () => {
  await agentBrowser?.close();
  await customerBrowser?.close();
  await offhook?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function browserThatSays(hz: number): Promise<Browser> {
  const microphone = join(folder, `${hz}.wav`);
  writeBursts(microphone, hz);
  return openBrowser({ microphone });
}

async function listeningContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  await giveEars(context);
  return context;
}

/** Waits until the page hears `wanted` at least 20 dB above `other`. */
async function hears(page: Page, wanted: number, other: number): Promise<void> {
  await expect
    .poll(async () => decibelsAbove(wanted, other, await heardBy(page)), { timeout: 15_000 })
    .toBeGreaterThan(20);
}

describe('from the first visit to the played recording', () => {
  it('makes the first administrator and shows /work', async () => {
    agent = await (await listeningContext(agentBrowser)).newPage();
    await agent.goto(offhook.url);
    await agent.getByLabel('Your name').fill('Grace Hopper');
    await agent.getByLabel('E-mail').fill('grace@example.com');
    await agent.getByLabel('Password').fill('correct horse battery');
    await agent.getByRole('button', { name: 'Create administrator' }).click();
    await agent.waitForURL('**/work');
    await agent.getByRole('heading', { name: 'Demo customers' }).waitFor();
  });

  it('has the customer’s phone in another browser', async () => {
    const context = await listeningContext(customerBrowser);
    await context.addCookies(await agent.context().cookies());
    customer = await context.newPage();
    await customer.goto(`${offhook.url}/demo-phone`);
    await customer.getByRole('button', { name: /switch the phone on/i }).click();
    await customer.getByText('Ready to ring').waitFor();
  });

  it('rings, connects, and both hear each other', async () => {
    const field = agent.getByRole('textbox', { name: /number/i });
    await field.fill('07700900008');
    expect(await field.inputValue()).toBe('07700 900008');
    await field.press('Enter');
    await customer.getByRole('button', { name: 'Answer' }).click();
    await agent.getByRole('status').filter({ hasText: 'Connected' }).waitFor();
    await agent.getByText('Recording', { exact: true }).waitFor();
    await hears(customer, AGENT_HZ, CUSTOMER_HZ);
    await hears(agent, CUSTOMER_HZ, AGENT_HZ);
  });

  it('mutes: the customer hears nothing', async () => {
    await agent
      .getByRole('region', { name: 'Call', exact: true })
      .getByRole('button', { name: 'Mute' })
      .click();
    await expect
      .poll(async () => loudness(await heardBy(customer)), { timeout: 10_000 })
      .toBeLessThan(-50);
    await agent
      .getByRole('region', { name: 'Call', exact: true })
      .getByRole('button', { name: 'Unmute' })
      .click();
    await hears(customer, AGENT_HZ, CUSTOMER_HZ);
  });

  it('goes on while the agent looks at another page, with End in the bar', async () => {
    await agent.getByRole('link', { name: 'Call Records' }).click();
    await agent.waitForURL('**/reports/voice/calls');
    await hears(agent, CUSTOMER_HZ, AGENT_HZ);
    await agent.getByRole('link', { name: 'Work' }).click();
  });

  it('ends for both, and says who ended it', async () => {
    await agent
      .getByRole('region', { name: 'Call', exact: true })
      .getByRole('button', { name: 'End' })
      .click();
    await agent.getByText(/You (hung up|ended the call)/).waitFor();
    await customer
      .getByText(/caller (hung up|ended)|call ended/i)
      .first()
      .waitFor();
  });

  it('plays the recording: the agent left, the customer right', async () => {
    await agent.getByRole('link', { name: 'Open the record' }).click();
    await agent.getByRole('button', { name: 'Play' }).waitFor();
    const client = new Client(offhook.url);
    await client.okSignIn();
    const id = agent.url().split('/').at(-1) ?? '';
    const { recording, call } = await client.okGet<CallDetail>(`/api/calls/${id}`);
    expect(recording).toMatchObject({ state: 'ready', channels: 2, flags: [] });
    expect(Math.abs(recording!.durationMs! - call.talkMs!)).toBeLessThan(500);
    const audio = await client.fetch('GET', recording!.audioUrl!);
    const [left, right] = await decodeMp3(new Uint8Array(await audio.arrayBuffer()));
    expect(decibelsAbove(AGENT_HZ, CUSTOMER_HZ, left!)).toBeGreaterThan(20);
    expect(decibelsAbove(CUSTOMER_HZ, AGENT_HZ, right!)).toBeGreaterThan(20);

    await agent.getByRole('button', { name: 'Play' }).click();
    await agent.getByRole('button', { name: 'Pause' }).waitFor();
    const download = agent.waitForEvent('download');
    await agent.getByRole('link', { name: /download/i }).click();
    expect((await download).suggestedFilename()).toMatch(/Grace Hopper.*07700 900008\.mp3$/);
  });
});
