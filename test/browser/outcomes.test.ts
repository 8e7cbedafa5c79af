import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shareOf } from '../support/tones.ts';
import { heardBy } from './ear.ts';
import { AGENT_HZ, callPanel, House, lastCall, pressEnd, ringDemo, talkTo } from './house.ts';

let house: House;
let agent: Page;

beforeAll(async () => {
  house = await House.open({ env: { CALL_RING_SECONDS: '5' } });
  agent = await house.work(await house.window(await house.browser()));
});

afterAll(async () => {
  await house?.close();
});

/** Calls somebody, and waits until the page says how it ended and the recent calls say so too. */
async function untilEnded(name: string, words: RegExp, next: string, summary: RegExp) {
  await ringDemo(agent, name);
  await lastCall(agent).getByText(words).waitFor();
  await lastCall(agent).getByText(next).waitFor();
  const recent = agent.getByRole('region', { name: 'Recent calls' }).getByRole('listitem').first();
  await recent.getByText(name).waitFor();
  await recent.getByText(summary).waitFor();
  return house.endedCall();
}

/** Opens the record from the ended call, reads it, and goes back to work. */
async function recordSays(...words: (string | RegExp)[]): Promise<void> {
  await lastCall(agent).getByRole('link', { name: 'Open the record' }).click();
  await agent.getByRole('heading', { name: 'Timeline' }).waitFor();
  for (const word of words) await agent.getByRole('main').getByText(word).first().waitFor();
  await agent.getByRole('link', { name: 'Work' }).click();
  await agent.getByRole('heading', { name: 'Recent calls' }).waitFor();
}

describe('how calls to the demo customers end, as the agent reads it', () => {
  it('busy', async () => {
    const call = await untilEnded(
      'Bob Busy',
      /^The customer’s line is busy\.$/,
      'Try again later.',
      /^Busy$/,
    );
    expect(call).toMatchObject({ outcome: 'busy', endedBy: 'customer', talkMs: null });
    await recordSays('Busy', 'The customer’s line is busy.', 'Customer busy', 'No recording');
  });

  it('no answer, after as long as the settings let it ring', async () => {
    const call = await untilEnded(
      'Nora Never',
      /^The customer did not answer after ringing for 5 s\.$/,
      'Try again later.',
      /^No answer · rang 5 s$/,
    );
    expect(call).toMatchObject({ outcome: 'no_answer', talkMs: null });
    expect(Math.abs(call.ringMs! - 5_000)).toBeLessThan(1_000);
    await recordSays('No answer', 'Customer did not answer', '5 s');
  });

  it('not in service', async () => {
    const call = await untilEnded(
      'Ned Notinservice',
      /^This number is not in service\.$/,
      'Check the number with the customer.',
      /^Failed · Number not in service$/,
    );
    expect(call).toMatchObject({ outcome: 'failed', endReason: 'number_not_in_service' });
    await recordSays('Failed', 'Number not in service');
  });

  it('the customer hangs up', async () => {
    const call = await untilEnded(
      'Hugo Hangup',
      /^Customer hung up after \d+ s\.$/,
      'Open the record',
      /^Completed · talked \d+ s$/,
    );
    expect(call).toMatchObject({ outcome: 'completed', endedBy: 'customer' });
    await recordSays('Completed', 'Customer hung up', 'The customer');
    await expectPlayer();
  });

  it('the agent gives up while it rings', async () => {
    await ringDemo(agent, 'Nora Never');
    await callPanel(agent).getByText('Ringing', { exact: true }).waitFor();
    await pressEnd(agent);
    await lastCall(agent)
      .getByText(/^You hung up while it rang, after /)
      .waitFor();
    expect(await house.endedCall()).toMatchObject({
      outcome: 'cancelled',
      endedBy: 'agent',
      endReason: 'agent_hung_up',
    });
    await recordSays('Cancelled', 'Agent hung up');
  });
});

/** The newest call's record gets its player without a reload. */
async function expectPlayer(): Promise<void> {
  await agent.getByRole('link', { name: 'Call Records' }).click();
  await agent.getByRole('row').nth(1).click();
  await agent.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await agent.getByRole('link', { name: 'Work' }).click();
}

describe('what the agent hears, and does not hear', () => {
  it('hears the own voice echoed by Ada after her text', async () => {
    await talkTo(agent, 'Ada Answers');
    await expect
      .poll(async () => shareOf(AGENT_HZ, await heardBy(agent)), { timeout: 40_000 })
      .toBeGreaterThan(0.15);
    await pressEnd(agent);
    await lastCall(agent)
      .getByText(/^You hung up after \d+ s\.$/)
      .waitFor();
    expect(await house.endedCall()).toMatchObject({ outcome: 'completed', endedBy: 'agent' });
  });

  it('is told in words that nothing comes from a silent customer', async () => {
    await talkTo(agent, 'Sam Silent');
    await callPanel(agent)
      .getByText('Nothing has been heard from the customer for a while.')
      .waitFor();
    await pressEnd(agent);
    await lastCall(agent).waitFor();
  });
});
