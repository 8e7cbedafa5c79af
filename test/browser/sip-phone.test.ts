import type { Session } from '@offhook/contract';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Baresip } from '../support/baresip.ts';
import { PHONES } from '../support/boot.ts';
import { freePort } from '../support/free-port.ts';
import { callPanel, House, lastCall, pressEnd, ringDemo, saysState } from './house.ts';
import { isSound } from './soundness.ts';

let house: House;
let context: BrowserContext;
let agent: Page;
let sipPort: number;
let password: string;
beforeAll(async () => {
  sipPort = await freePort();
  house = await House.open({ env: { SIP_PORT: String(sipPort) } });
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
    const shown = agent.getByLabel('Password');
    await expect.poll(() => shown.inputValue()).toMatch(/^[A-Za-z0-9]{12,}$/);
    password = await shown.inputValue();
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

  it('picks it up when it rings, reads on the page how the call is, and ends it there', async () => {
    const desk = { user: 'grace.hopper', domain: PHONES.domain, password, hz: 440 };
    const phone = await Baresip.start({ ...desk, registrar: `sip:127.0.0.1:${sipPort}` });
    try {
      expect(await phone.registered()).toBe('OK');
      await ringDemo(agent, 'Ada Answers');
      await saysState(agent, 'Ringing your phone');
      await isSound(agent);
      await phone.next('CALL_INCOMING');
      phone.accept();
      await saysState(agent, 'Connected');
      const panel = callPanel(agent);
      await panel.getByText('You hear and speak through your phone.').waitFor();
      expect(await panel.getByRole('button', { name: 'Mute' }).count()).toBe(0);
      await isSound(agent);
      await pressEnd(agent);
      await lastCall(agent).getByText('You hung up after').waitFor();
      await phone.next('CALL_CLOSED');
    } finally {
      await phone.stop();
    }
  });

  it('is shown among the people, and goes back to the browser', async () => {
    await agent.goto(`${house.url}/settings/people`);
    await agent.getByRole('cell', { name: 'SIP phone' }).waitFor();
    await isSound(agent);
    await agent.getByRole('button', { name: 'Actions for Grace Hopper' }).click();
    await agent.getByRole('menuitem', { name: 'Choose the phone' }).click();
    // The keyboard is at what is chosen, not at the first of the two.
    const dialog = agent.getByRole('dialog', { name: 'Phone of Grace Hopper' });
    await dialog.getByRole('radio', { checked: true }).and(agent.locator(':focus')).waitFor();
    await agent.goto(`${house.url}/settings/phone`);
    await agent.getByRole('radio', { name: /The browser/ }).click();
    await agent.getByRole('button', { name: 'Use the browser' }).click();
    await agent.getByText('To be typed into the phone').waitFor({ state: 'detached' });
    await expect.poll(phoneOf).toBe('browser');
  });
});
