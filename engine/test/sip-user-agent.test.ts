import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InviteOptions, UserAgent } from '../src/sip/user-agent/calls.ts';
import { callTo, Doorbell, hopTo, openAgent, SDP, type Ear } from './support/sip-agents.ts';
import { startSipp, type Sipp, type SippOptions } from './support/sipp.ts';

let agent: UserAgent;
let bell: Doorbell;
let peers: Sipp[];
beforeEach(async () => {
  agent = await openAgent();
  bell = new Doorbell(agent);
  peers = [];
});
afterEach(async () => {
  await agent.close();
  await Promise.all(peers.map((peer) => peer.stop()));
});

async function sipp(scenario: string, more: Partial<SippOptions> = {}): Promise<Sipp> {
  const peer = await startSipp({ scenario, seconds: 15, ...more });
  peers.push(peer);
  return peer;
}

/** sipp calls us. */
function caller(scenario: string, more: Partial<SippOptions> = {}): Promise<Sipp> {
  return sipp(scenario, { remote: { address: '127.0.0.1', port: agent.udpPort }, ...more });
}

/** We call sipp. */
async function callSipp(
  scenario: string,
  more: Partial<InviteOptions> = {},
  options: Partial<SippOptions> = {},
) {
  const peer = await sipp(scenario, options);
  const hops = [hopTo(peer.port, options.transport)];
  return { peer, ...callTo(agent, peer.port, { hops, ...more }) };
}

/** sipp's part went exactly as its scenario says, and nothing of the call is left with us. */
async function expectAllWell(peer: Sipp): Promise<void> {
  expect(await peer.done).toMatchObject({ code: 0, errors: '' });
}

const failure = async (ear: Ear) => (await ear.next('failed')).failure;

describe('calls to sipp', () => {
  it.each(['udp', 'tcp'] as const)('ring, are answered and hung up over %s', async (transport) => {
    const { peer, call, ear } = await callSipp('uas', {}, { transport });
    expect((await ear.next('answered')).sdp).toContain('m=audio');
    call.hangUp();
    await expectAllWell(peer);
    expect(ear.whats).toEqual(['progress', 'answered']);
  });

  it('end when the far end hangs up, with its reason', async () => {
    const { peer, ear } = await callSipp('uas-bye');
    const reason = 'Q.850;cause=16;text="Normal call clearing"';
    expect((await ear.next('ended')).end).toEqual({ kind: 'bye', reason });
    await expectAllWell(peer);
  });

  it('are let in with the right credentials, which sipp verifies', async () => {
    const credentials = { username: 'offhook', password: 'secret' };
    const { peer, call, ear } = await callSipp('uas-digest', { credentials });
    await ear.next('answered');
    call.hangUp();
    await expectAllWell(peer);
  });

  it('are refused with wrong ones after one try', async () => {
    const credentials = { username: 'offhook', password: 'wrong' };
    const { peer, ear } = await callSipp('uas-digest', { credentials });
    expect(await failure(ear)).toMatchObject({ kind: 'refused', status: 403 });
    await expectAllWell(peer);
  });

  it('hear early media of a reliable 183, which gets its PRACK', async () => {
    const { peer, call, ear } = await callSipp('uas-early-media');
    expect(await ear.next('progress')).toMatchObject({ status: 183 });
    expect((await ear.next('progress')).sdp).toContain('m=audio');
    await ear.next('answered');
    call.hangUp();
    await expectAllWell(peer);
    expect(ear.whats).toEqual(['progress', 'answered']);
  });

  it.each([
    ['404 Not Found', 404],
    ['486 Busy Here', 486],
    ['503 Service Unavailable', 503],
    ['302 Moved Temporarily', 302],
    ['603 Decline', 603],
  ])('are refused with %s', async (status, code) => {
    const { peer, ear } = await callSipp('uas-refuse', {}, { keys: { status } });
    expect(await failure(ear)).toMatchObject({ kind: 'refused', status: code });
    await expectAllWell(peer);
  });

  it('are put on hold and taken back by re-INVITEs', async () => {
    const { peer, call, ear } = await callSipp('uas-hold');
    expect((await ear.next('offered', 1)).sdp).toContain('a=sendonly');
    expect((await ear.next('offered', 2)).sdp).not.toContain('a=sendonly');
    call.hangUp();
    await expectAllWell(peer);
  });

  it('are cancelled while they ring', async () => {
    const { peer, call, ear } = await callSipp('uas-no-answer');
    await ear.next('progress');
    call.hangUp();
    expect(await failure(ear)).toEqual({ kind: 'cancelled' });
    await expectAllWell(peer);
  });

  it('are acknowledged and ended when the answer crosses our CANCEL', async () => {
    const { peer, call, ear } = await callSipp('uas-cancel-crossing');
    await ear.next('progress');
    call.hangUp();
    expect(await failure(ear)).toEqual({ kind: 'cancelled' });
    await expectAllWell(peer);
    expect(ear.whats).toEqual(['progress', 'failed']);
  });

  it('may be answered without a description', async () => {
    const { peer, call, ear } = await callSipp('uas-no-sdp');
    expect((await ear.next('answered')).sdp).toBeNull();
    call.hangUp();
    await expectAllWell(peer);
  });
});

describe('calls from sipp', () => {
  it.each(['udp', 'tcp'] as const)('ring, are answered and hung up over %s', async (transport) => {
    bell.then = (call) => {
      call.ring();
      void call.answer(SDP);
    };
    const peer = await caller('uac', { transport, args: ['-d', '100'] });
    await expectAllWell(peer);
    const { call, ear } = bell.calls[0]!;
    expect(call.uri.user).toBe('+442071838750');
    expect(call.from.uri.user).toBe('+442071838751');
    expect(call.offer).toContain('m=audio');
    expect((await ear.next('ended')).end).toEqual({ kind: 'bye', reason: null });
  });

  it('are hung up by us', async () => {
    bell.then = (call) => {
      // The answer is through when the ACK is here; only then may the callee say BYE.
      void call.answer(SDP).then(() => call.hangUp());
    };
    await expectAllWell(await caller('uac-waits'));
  });

  it.each([486, 480, 603, 404])('are refused with %i', async (status) => {
    bell.then = (call) => call.hangUp(status);
    await expectAllWell(await caller('uac-refused', { keys: { status: String(status) } }));
  });

  it('are given up while they ring', async () => {
    bell.then = (call) => call.ring();
    const peer = await caller('uac-cancel');
    await expectAllWell(peer);
    expect(bell.calls[0]!.ear.whats).toEqual(['cancelled']);
  });

  it('get our offer in the answer when they bring none, and theirs is in the ACK', async () => {
    const answered = bell.next().then(({ call }) => {
      expect(call.offer).toBeNull();
      return call.answer(SDP);
    });
    const peer = await caller('uac-late-offer', { args: ['-d', '100'] });
    expect(await answered).toContain('m=audio');
    await expectAllWell(peer);
  });

  it('are not answered at all when nobody admits them, and leave nothing behind', async () => {
    bell.admits = () => false;
    const peer = await caller('uac', { seconds: 2 });
    const { code, messages } = await peer.done;
    expect(code).not.toBe(0);
    expect(messages).toContain('INVITE sip:');
    expect(messages).not.toContain('message received');
    expect(agent.size).toBe(0);
  });

  it('come a hundred a second', async () => {
    bell.then = (call) => {
      call.ring();
      void call.answer(SDP);
    };
    const peer = await caller('uac', { calls: 100, rate: 100, args: ['-d', '50'] });
    await expectAllWell(peer);
    expect(bell.calls).toHaveLength(100);
  });
});
