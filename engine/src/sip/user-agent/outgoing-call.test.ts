import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callTo, Doorbell, hopTo, openAgent, SDP } from '../../../test/support/sip-agents.ts';
import { RawPeer } from '../../../test/support/raw-peer.ts';
import { cseqOf } from '../message/fields.ts';
import type { SipRequest } from '../message/message.ts';
import type { InviteOptions, UserAgent } from './calls.ts';

let agent: UserAgent;
let peer: RawPeer;
beforeEach(async () => {
  agent = await openAgent({
    times: { t1: 20, t2: 80, t4: 100 },
    limits: { minSessionSeconds: 1, calls: 3 },
  });
  peer = await RawPeer.open();
});
afterEach(async () => {
  peer.answersBye = true;
  await agent.close();
  peer.close();
});

async function invite(more: Partial<InviteOptions> = {}) {
  const made = callTo(agent, peer.port, more);
  return { ...made, request: await peer.request('INVITE') };
}

describe('an INVITE of ours', () => {
  it('is won by the first 2xx; every other fork gets ACK and BYE (§13.2.2.4)', async () => {
    const { call, ear, request } = await invite();
    peer.answer(request, 180, { tag: 'one' });
    peer.answer(request, 180, { tag: 'two' });
    peer.answer(request, 200, { tag: 'two', sdp: SDP });
    await ear.next('answered');
    peer.answer(request, 200, { tag: 'one', sdp: SDP });
    const bye = await peer.request('BYE');
    expect(bye.headers.get('To')).toContain('tag=one');
    expect((await peer.request('ACK', 1)).headers.get('To')).toContain('tag=two');
    expect((await peer.request('ACK', 2)).headers.get('To')).toContain('tag=one');
    peer.answer(bye, 200);
    call.hangUp();
    expect((await peer.request('BYE', 2)).headers.get('To')).toContain('tag=two');
    expect(ear.whats).toEqual(['progress', 'progress', 'answered']);
  });

  it('acknowledges a 2xx whenever it comes again, also long afterwards', async () => {
    const { ear, request } = await invite();
    peer.answer(request, 200, { tag: 'b', sdp: SDP });
    await ear.next('answered');
    peer.answer(request, 200, { tag: 'b', sdp: SDP });
    const [one, two] = [await peer.request('ACK', 1), await peer.request('ACK', 2)];
    expect(two.headers.get('CSeq')).toBe(one.headers.get('CSeq'));
    // Until its transaction is gone (timer M), and once more then.
    await expect.poll(() => agent.size, { timeout: 5000 }).toBe(1);
    peer.answer(request, 200, { tag: 'b', sdp: SDP });
    await peer.request('ACK', 3);
    expect(ear.whats).toEqual(['answered']);
  });

  it('bears a 1xx without To tag or Contact, and a 180 behind the 200', async () => {
    const { ear, request } = await invite();
    peer.answer(request, 183, { sdp: 'early', contact: false });
    peer.answer(request, 181, { tag: 'b', contact: false });
    peer.answer(request, 200, { tag: 'b', contact: false });
    peer.answer(request, 180, { tag: 'b' });
    await ear.next('answered');
    const ack = await peer.request('ACK');
    expect(ack.uri.user).toBe('+442071838750');
    expect(ear.news.slice(0, 3)).toEqual([
      { what: 'progress', status: 183, sdp: 'early' },
      { what: 'progress', status: 181, sdp: null },
      { what: 'answered', sdp: null },
    ]);
  });

  it('acts on a reliable answer once, and takes its SDP for the answer (RFC 3262 §5)', async () => {
    const { ear, request } = await invite();
    const reliable = (rseq: string, sdp?: string) =>
      peer.answer(request, 183, {
        ...{ tag: 'b', headers: { Require: '100rel', RSeq: rseq } },
        ...(sdp === undefined ? {} : { sdp }),
      });
    reliable('9', SDP);
    reliable('9', SDP);
    reliable('11');
    const prack = await peer.request('PRACK');
    expect(prack.headers.get('RAck')).toBe('9 1 INVITE');
    expect(cseqOf(prack).number).toBe(2);
    peer.answer(prack, 200);
    peer.answer(request, 200, { tag: 'b' });
    expect((await ear.next('answered')).sdp).toBe(SDP);
    expect(ear.whats).toEqual(['progress', 'answered']);
    expect(peer.count('PRACK')).toBe(1);
  });

  it('tries the next hop after 503, a closed port and silence (RFC 3263 §4.3)', async () => {
    const deaf = await RawPeer.open();
    const closed = await RawPeer.open();
    closed.close();
    const busy = await RawPeer.open();
    void busy.request('INVITE').then((request) => busy.answer(request, 503, { tag: 'x' }));
    const hops = [closed, busy, deaf, peer].map(({ port }) => hopTo(port));
    const { ear, request } = await invite({ hops });
    peer.answer(request, 200, { tag: 'b', sdp: SDP });
    await ear.next('answered');
    expect(cseqOf(request).number).toBe(4);
    expect(deaf.heard.length).toBeGreaterThan(3);
    deaf.close();
    busy.close();
  });

  it.each([
    ['is too large for a datagram goes over TCP (§18.1.1)', { largeByTcp: true }, 1200, 'tcp'],
    ['is small goes over UDP', { largeByTcp: true }, 0, 'udp'],
    ['is large goes over UDP where that is asked for', {}, 1200, 'udp'],
  ])('that %s', async (_what, how, bytes, transport) => {
    const them = await openAgent();
    const bell = new Doorbell(them);
    const rung = bell.next();
    const headers = [['X-Long', 'x'.repeat(bytes)]] as const;
    const { call } = callTo(agent, them.udpPort, { ...how, headers });
    expect((await rung).call.source.transport).toBe(transport);
    call.hangUp();
    await them.close();
  });

  it('that is too large for a datagram goes over UDP where nobody takes TCP', async () => {
    const headers = [['X-Long', 'x'.repeat(1200)]] as const;
    const { ear, request } = await invite({ largeByTcp: true, headers });
    expect(request.headers.get('Via')).toContain('SIP/2.0/UDP');
    peer.answer(request, 200, { tag: 'b', sdp: SDP });
    await ear.next('answered');
  });

  it('gives up a hop that says nothing, and ends the call that it makes of it later', async () => {
    const slow = await RawPeer.open();
    slow.answersBye = true;
    const hops = [slow, peer].map(({ port }) => hopTo(port));
    const { ear, request } = await invite({ hops, patience: { ms: 100, withLast: false } });
    peer.answer(request, 200, { tag: 'b', sdp: SDP });
    await ear.next('answered');
    const late = await slow.request('INVITE');
    slow.answer(late, 200, { tag: 'late', sdp: SDP });
    await Promise.all([slow.request('ACK'), slow.request('BYE')]);
    expect(ear.whats).toEqual(['answered']);
    slow.close();
  });

  it('gives up the last hop only where there is another way', async () => {
    const { ear } = await invite({ patience: { ms: 100, withLast: true } });
    expect((await ear.next('failed')).failure).toMatchObject({ cause: 'timeout' });
    // It is told as soon as it says that it is there.
    peer.answer(await peer.request('INVITE'), 180, { tag: 'b' });
    await peer.request('CANCEL');
  });

  it('says in words that nobody answered', async () => {
    const { ear } = await invite();
    const { failure } = await ear.next('failed');
    expect(failure).toMatchObject({ kind: 'unreachable', cause: 'timeout' });
    expect(failure).toMatchObject({ text: `UDP 127.0.0.1 port ${peer.port} does not answer` });
  });

  it('asks for a longer session when it must (RFC 4028 §7.3)', async () => {
    const { request } = await invite({ sessionSeconds: 100 });
    expect(request.headers.get('Session-Expires')).toBe('100');
    peer.answer(request, 422, { tag: 'x', headers: { 'Min-SE': '300' } });
    const again = await peer.request('INVITE', 2);
    expect(again.headers.get('Session-Expires')).toBe('300');
    expect(again.headers.get('Min-SE')).toBe('300');
    expect(again.headers.get('Call-ID')).toBe(request.headers.get('Call-ID'));
    expect(cseqOf(again).number).toBe(2);
  });

  it('is refused here when there are too many calls', async () => {
    const calls = [await invite(), callTo(agent, peer.port), callTo(agent, peer.port)];
    const { ear } = callTo(agent, peer.port);
    expect((await ear.next('failed')).failure).toMatchObject({ kind: 'unreachable' });
    for (const { call } of calls) call.hangUp();
  });

  it('is not sent at all when it is taken back at once', async () => {
    const { call, ear } = callTo(agent, peer.port);
    call.hangUp();
    expect((await ear.next('failed')).failure).toEqual({ kind: 'cancelled' });
    expect(agent.size).toBe(0);
  });

  it('counts as cancelled when CANCEL finds nobody any more (§9.1)', async () => {
    const { call, ear, request } = await invite();
    peer.answer(request, 180, { tag: 'b' });
    await ear.next('progress');
    call.hangUp();
    call.hangUp();
    await peer.request('CANCEL');
    expect((await ear.next('failed')).failure).toEqual({ kind: 'cancelled' });
    await expect.poll(() => agent.size, { timeout: 5000 }).toBe(0);
  });
});

describe('challenges', () => {
  const credentials = { username: 'u', password: 'p' };
  const challenge = (nonce: string, more = '') => ({
    headers: { 'WWW-Authenticate': `Digest realm="r", nonce="${nonce}", qop="auth"${more}` },
    tag: 'x',
  });
  const nonceIn = ({ headers }: SipRequest) =>
    /nonce="(\w+)".*nc=(\w+)/.exec(headers.get('Authorization') ?? '')?.slice(1);

  it('are answered once: a second one refuses the credentials (§22.1)', async () => {
    const { ear, request } = await invite({ credentials });
    expect(request.headers.get('Authorization')).toBeNull();
    peer.answer(request, 401, challenge('n1'));
    const again = await peer.request('INVITE', 2);
    expect(nonceIn(again)).toEqual(['n1', '00000001']);
    expect(cseqOf(again).number).toBe(2);
    peer.answer(again, 401, challenge('n2'));
    expect((await ear.next('failed')).failure).toMatchObject({ kind: 'refused', status: 401 });
  });

  it('are answered again when only the nonce was too old, but not for ever', async () => {
    const { ear } = await invite({ credentials });
    for (let n = 1; n <= 4; n += 1) {
      const request = await peer.request('INVITE', n);
      peer.answer(request, 401, challenge(`n${n}`, n > 1 ? ', stale=true' : ''));
    }
    const last = await peer.request('INVITE', 5);
    expect(nonceIn(last)).toEqual(['n4', '00000001']);
    peer.answer(last, 401, challenge('n5', ', stale=true'));
    expect((await ear.next('failed')).failure).toMatchObject({ kind: 'refused', status: 401 });
  });

  it('are not answered without credentials', async () => {
    const { ear, request } = await invite();
    peer.answer(request, 407, challenge('n1'));
    expect((await ear.next('failed')).failure).toMatchObject({ kind: 'refused', status: 407 });
  });

  it('come for BYE too, and what was asked once is answered unasked', async () => {
    const { call, ear, request } = await invite({ credentials });
    peer.answer(request, 401, challenge('n1'));
    peer.answer(await peer.request('INVITE', 2), 200, { tag: 'b', sdp: SDP });
    await ear.next('answered');
    expect(nonceIn(await peer.request('ACK', 2))).toEqual(['n1', '00000001']);
    call.hangUp();
    const bye = await peer.request('BYE');
    expect(nonceIn(bye)).toEqual(['n1', '00000002']);
    peer.answer(bye, 401, challenge('n2'));
    const again = await peer.request('BYE', 2);
    expect(nonceIn(again)).toEqual(['n2', '00000001']);
    peer.answer(again, 200);
  });
});
