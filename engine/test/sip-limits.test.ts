import { afterEach, describe, expect, it } from 'vitest';
import { SipEngine } from './support/sip-engine.ts';

let engine: SipEngine;
afterEach(() => engine.close());

/** What a refusal says. */
async function refusal(callId: string) {
  const { status, headers } = await engine.invite(callId);
  return { status, retryAfter: headers.get('Retry-After') };
}

describe('a call that comes in by SIP', () => {
  it('is refused with 503 while an application does not take its callbacks', async () => {
    engine = await SipEngine.open({ limits: { maxBacklog: 1 } });
    const { application } = engine;
    application.on('/voice', '<Response><Reject reason="busy"/></Response>');
    let take!: (answer: null) => void;
    const taken = new Promise<null>((resolve) => (take = resolve));
    application.on('/done', () => taken);
    expect(await refusal('first')).toEqual({ status: 486, retryAfter: null });
    await application.next(({ path }) => path === '/done');
    expect(await refusal('second')).toEqual({ status: 503, retryAfter: '1' });
    take(null);
    await expect
      .poll(
        async () => (await engine.ask<{ callbacksOwed: number }>('GET', '/health')).callbacksOwed,
      )
      .toBe(0);
    expect(await refusal('third')).toEqual({ status: 486, retryAfter: null });
  });

  it('is refused with 503 where the account has as many calls as it may have', async () => {
    engine = await SipEngine.open({ limits: { maxCalls: 1 } });
    const ok = await engine.talking('first');
    expect(await refusal('second')).toEqual({ status: 503, retryAfter: '1' });
    await engine.peer.final(engine.within(ok, 'BYE'));
    await engine.talking('third');
  });

  it('is refused with 503 where its trunk has no channel left', async () => {
    engine = await SipEngine.open({ trunk: { channels: 1 } });
    const ok = await engine.talking('first');
    // No Retry-After: a carrier would hold back every call until then (RFC 3261 §21.5.4).
    expect(await refusal('second')).toEqual({ status: 503, retryAfter: null });
    await engine.peer.final(engine.within(ok, 'BYE'));
    await engine.talking('third');
  });
});
