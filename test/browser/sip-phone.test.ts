import type { Session } from '@offhook/contract';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House, lastCall, ringDemo } from './house.ts';
import { isSound } from './soundness.ts';

let house: House;
let context: BrowserContext;
let agent: Page;
beforeAll(async () => {
  house = await House.open();
  // No microphone is allowed, nor asked for.
  context = await house.window(await house.browser({ allowed: false }));
  agent = await context.newPage();
});
afterAll(() => house.close());

const phoneOf = async () =>
  (await house.offhook.admin.okGet<Session>('/api/session')).person?.phone ?? null;

describe('an agent with a SIP phone', () => {
  it('chooses it, and is told once what to type into it', async () => {
    await agent.goto(`${house.url}/settings/phone`);
    const sip = agent.getByRole('radio', { name: /Desk phone or softphone/ });
    await sip.click();
    const password = agent.getByLabel('Password');
    await expect.poll(() => password.inputValue()).toMatch(/^[A-Za-z0-9]{12,}$/);
    await agent.getByText('grace.hopper').waitFor();
    await isSound(agent);
    expect(await phoneOf()).toBe('sip');

    await agent.reload();
    await agent.getByRole('button', { name: 'Make a new password' }).waitFor();
    expect(await agent.getByLabel('Password').count()).toBe(0);
  });

  it('needs no microphone, and hears in words that the phone is not there', async () => {
    await agent.goto(`${house.url}/work`);
    await agent.getByText('Your phone will ring first.').waitFor();
    expect(await agent.getByRole('button', { name: 'Allow the microphone now' }).count()).toBe(0);
    await isSound(agent);
    await ringDemo(agent, 'Ada Answers');
    await lastCall(agent).getByText('Your phone could not be reached').waitFor();
    await isSound(agent);
    const call = await house.endedCall();
    expect(call).toMatchObject({ endReason: 'agent_phone_unreachable', agent: { phone: 'sip' } });
  });

  it('is shown among the people, and goes back to the browser', async () => {
    await agent.goto(`${house.url}/settings/people`);
    await agent.getByRole('cell', { name: 'SIP phone' }).waitFor();
    await isSound(agent);
    await agent.goto(`${house.url}/settings/phone`);
    await agent.getByRole('radio', { name: /The browser/ }).click();
    await agent.getByRole('button', { name: 'Use the browser' }).click();
    await agent.getByText('To be typed into the phone').waitFor({ state: 'detached' });
    await expect.poll(phoneOf).toBe('browser');
  });
});
