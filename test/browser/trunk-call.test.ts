import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Baresip } from '../support/baresip.ts';
import { decibelsAbove, decodeMp3, part, type Sound } from '../support/tones.ts';
import { heardBy } from './ear.ts';
import { AGENT_HZ, House, lastCall, saysState } from './house.ts';

const NUMBER = '+442079460001';
const CUSTOMER_HZ = 1300;

let phone: Baresip;
let house: House;
let agent: Page;

beforeAll(async () => {
  phone = await Baresip.start({ user: NUMBER, hz: CUSTOMER_HZ });
  house = await House.open({ env: { SIP_TRUNK: `sip:127.0.0.1:${phone.port}` } });
  agent = await house.work(await house.window(await house.browser()));
});
afterAll(async () => {
  await house?.close();
  await phone?.stop();
});

/** The phone's last second. */
function lately({ rate, samples }: Sound): Sound {
  const seconds = samples.length / rate;
  return part({ rate, samples }, Math.max(0, seconds - 1), seconds);
}

it('an agent in the browser and a customer at a real phone talk through a trunk, recorded', async () => {
  const field = agent.getByRole('textbox', { name: /number/i });
  await field.fill('020 7946 0001');
  await field.press('Enter');
  await phone.next('CALL_INCOMING');
  await saysState(agent, 'Ringing');
  phone.accept();
  await saysState(agent, 'Connected');

  const agentHears = async () => decibelsAbove(CUSTOMER_HZ, AGENT_HZ, await heardBy(agent));
  const customerHears = () => decibelsAbove(AGENT_HZ, CUSTOMER_HZ, lately(phone.heard()));
  await expect.poll(agentHears, { timeout: 15_000 }).toBeGreaterThan(20);
  await expect.poll(customerHears, { timeout: 15_000 }).toBeGreaterThan(20);

  await agent.getByRole('button', { name: 'Keypad' }).click();
  // As fast as anybody can type.
  await agent.keyboard.type('44*0#');
  for (const key of '44*0#') {
    expect((await phone.next('CALL_DTMF_START')).param).toBe(key);
  }

  phone.hangUp();
  await lastCall(agent)
    .getByText(/^Customer hung up after/)
    .waitFor();
  expect(await house.endedCall()).toMatchObject({
    ...{ outcome: 'completed', endedBy: 'customer', endReason: 'customer_hung_up' },
    customer: { number: NUMBER },
  });

  await lastCall(agent).getByRole('link', { name: 'Open the record' }).click();
  await agent.getByRole('button', { name: 'Play' }).waitFor();
  const { id } = await house.endedCall();
  const { recording } = await house.detail(id);
  expect(recording).toMatchObject({ state: 'ready', speakers: ['agent', 'customer'], flags: [] });
  const audio = await house.offhook.admin.fetch('GET', recording?.audioUrl ?? '');
  const [left, right] = await decodeMp3(new Uint8Array(await audio.arrayBuffer()));
  expect(decibelsAbove(AGENT_HZ, CUSTOMER_HZ, left!)).toBeGreaterThan(20);
  expect(decibelsAbove(CUSTOMER_HZ, AGENT_HZ, right!)).toBeGreaterThan(20);
});
