import { afterEach, expect, it } from 'vitest';
import { callTo, Doorbell, openAgent, SDP } from '../../../test/support/sip-agents.ts';
import { lossyWire, type Mishaps } from '../transport/lossy-wire.ts';
import type { SipCall, UserAgent } from './calls.ts';

/** A tenth of the RFC's, so that a lost message costs a tenth of the wait. ms */
const times = { t1: 50, t2: 400, t4: 500 };

let agents: UserAgent[] = [];
afterEach(async () => {
  await Promise.all(agents.map((agent) => agent.close()));
  agents = [];
});

/** Two agents, the first one behind a bad network. */
async function openBoth(mishaps: Partial<Mishaps>): Promise<{ us: UserAgent; them: UserAgent }> {
  const wire = lossyWire(4, { lost: 0, doubled: 0, late: 0, lateMs: 0, ...mishaps });
  const us = await openAgent({ times, wire });
  const them = await openAgent({ times });
  agents = [us, them];
  return { us, them };
}

/** One whole call; resolves when both ends know that it is over. */
async function converse(us: UserAgent, them: UserAgent, bell: Doorbell): Promise<void> {
  const before = bell.calls.length;
  const { call, ear } = callTo(us, them.udpPort);
  await ear.next('answered');
  const { ear: theirs } = bell.calls.find(({ call: one }) => one.callId === call.callId)!;
  call.hangUp();
  expect((await theirs.next('ended')).end).toEqual({ kind: 'bye', reason: null });
  expect(ear.whats.filter((what) => what !== 'progress')).toEqual(['answered']);
  expect(bell.calls.length).toBeGreaterThan(before);
}

it('completes 200 of 200 calls when 15 % are lost each way', async () => {
  const { us, them } = await openBoth({ lost: 0.15 });
  const bell = new Doorbell(them);
  bell.then = (call) => {
    call.ring();
    void call.answer(SDP);
  };
  await Promise.all(Array.from({ length: 200 }, () => converse(us, them, bell)));
  expect(bell.calls).toHaveLength(200);
  await expect.poll(() => us.size + them.size, { timeout: 8000 }).toBe(0);
});

it('does not notice that messages come twice or in another order', async () => {
  const { us, them } = await openBoth({ doubled: 0.4, late: 0.3, lateMs: 40 });
  const bell = new Doorbell(them);
  bell.then = (call) => {
    call.ring();
    void call.answer(SDP);
  };
  await Promise.all(Array.from({ length: 100 }, () => converse(us, them, bell)));
  expect(bell.calls).toHaveLength(100);
  await expect.poll(() => us.size + them.size, { timeout: 8000 }).toBe(0);
});

it('brings early media, re-INVITE, INFO and PRACK through 15 % loss', async () => {
  const { us, them } = await openBoth({ lost: 0.15 });
  const bell = new Doorbell(them);
  bell.then = (call) => {
    call.ring(SDP);
    void call.answer(SDP);
  };
  const one = async (): Promise<void> => {
    const { call, ear } = callTo(us, them.udpPort, { headers: [['Require', '100rel']] });
    await ear.next('answered');
    expect(ear.news[0]).toMatchObject({ what: 'progress', status: 183, sdp: SDP });
    expect(await call.reoffer(`${SDP}a=sendonly\r\n`)).toContain('a=recvonly');
    await call.info('application/dtmf-relay', 'Signal=5');
    const { call: theirs, ear: theirEar } = bell.calls.find(
      ({ call: c }) => c.callId === call.callId,
    )!;
    expect(theirEar.whats).toEqual(['offered', 'info']);
    theirs.hangUp();
    expect((await ear.next('ended')).end.kind).toBe('bye');
  };
  await Promise.all(Array.from({ length: 50 }, one));
  await expect.poll(() => us.size + them.size, { timeout: 8000 }).toBe(0);
});

it('cancels 50 of 50 calls through 15 % loss', async () => {
  const { us, them } = await openBoth({ lost: 0.15 });
  const bell = new Doorbell(them);
  const ours = new Map<string, SipCall>();
  bell.then = (call) => {
    call.ring();
    // Not when we hear it ring: nobody repeats a 180 that is lost.
    ours.get(call.callId)!.hangUp();
  };
  const one = async (): Promise<void> => {
    const { call, ear } = callTo(us, them.udpPort);
    ours.set(call.callId, call);
    expect((await ear.next('failed')).failure).toEqual({ kind: 'cancelled' });
  };
  await Promise.all(Array.from({ length: 50 }, one));
  await expect.poll(() => bell.calls.every(({ ear }) => ear.whats[0] === 'cancelled')).toBe(true);
  await expect.poll(() => us.size + them.size, { timeout: 8000 }).toBe(0);
});
