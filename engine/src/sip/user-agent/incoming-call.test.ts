import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RawPeer } from '../../../test/support/raw-peer.ts';
import { SDP } from '../../../test/support/sip-agents.ts';
import { Stage } from '../../../test/support/stage.ts';
import { tagOf, toOf } from '../message/fields.ts';

let stage: Stage;
let peer: RawPeer;
beforeEach(async () => {
  stage = await Stage.open();
  peer = stage.peer;
});
afterEach(() => stage.close());

describe('an INVITE of theirs', () => {
  it('hears 100 at once, then 180, and 200 with what we can do', async () => {
    const { call } = await stage.invited();
    expect(tagOf(toOf(await peer.response('100 INVITE')))).toBeNull();
    call.ring();
    const ringing = await peer.response('180 INVITE');
    void call.answer(SDP);
    const ok = await peer.response('200 INVITE');
    expect(ok.headers.get('To')).toBe(ringing.headers.get('To'));
    expect(ok.headers.get('Allow')).toContain('UPDATE');
    expect(ok.headers.get('Contact')).toBe(`<sip:us@127.0.0.1:${stage.agent.udpPort}>`);
    expect(ok.body.toString()).toBe(SDP);
  });

  it('hears the 200 again until its ACK comes, and BYE when none does (§13.3.1.4)', async () => {
    const { call, ear } = await stage.invited();
    const answered = call.answer(SDP);
    await expect(answered).rejects.toThrow('did not acknowledge');
    expect((await ear.next('ended')).end.kind).toBe('lost');
    peer.answer(await peer.request('BYE'), 200);
    expect(peer.heard.filter((name) => name === '200 INVITE').length).toBeGreaterThan(10);
    expect(ear.whats).toEqual(['ended']);
  });

  it('may be ended before its ACK', async () => {
    const { call, ear } = await stage.invited();
    const answered = call.answer(SDP);
    const To = (await peer.response('200 INVITE')).headers.get('To')!;
    stage.send('BYE', { headers: { To } });
    await peer.response('200 BYE');
    expect((await ear.next('ended')).end).toEqual({ kind: 'bye', reason: null });
    await expect(answered).rejects.toThrow('ended before');
  });

  it('may be ended by BYE while it rings: 200, and 487 for the INVITE (§15.1.2)', async () => {
    const { call, ear } = await stage.invited();
    call.ring();
    const To = (await peer.response('180 INVITE')).headers.get('To')!;
    stage.send('BYE', { headers: { To } });
    await Promise.all([peer.response('200 BYE'), peer.response('487 INVITE')]);
    expect(ear.whats).toEqual(['cancelled']);
    await expect(call.answer(SDP)).rejects.toThrow('cannot be answered');
  });

  it('waits with our BYE until the ACK is here (§15)', async () => {
    const { call } = await stage.invited();
    void call.answer(SDP);
    const To = (await peer.response('200 INVITE')).headers.get('To')!;
    call.hangUp(undefined, [['Reason', 'Q.850;cause=16']]);
    const oks = () => peer.heard.filter((name) => name === '200 INVITE').length;
    await expect.poll(oks).toBeGreaterThan(2);
    expect(peer.heard).not.toContain('BYE');
    stage.send('ACK', { cseq: 1, headers: { To } });
    const bye = await peer.request('BYE');
    expect(bye.headers.get('Reason')).toBe('Q.850;cause=16');
    peer.answer(bye, 200);
  });

  it('gets what it requires reliably, and the 200 only behind the PRACK (RFC 3262)', async () => {
    const { call } = await stage.invited({ sdp: SDP, headers: { Require: '100rel' } });
    call.ring(SDP);
    const early = await peer.response('183 INVITE');
    const repeated = () => peer.heard.filter((name) => name === '183 INVITE').length;
    await expect.poll(repeated).toBeGreaterThan(1);
    const To = early.headers.get('To')!;
    const rseq = early.headers.get('RSeq')!;
    void call.answer(SDP);
    stage.send('PRACK', { headers: { To, RAck: `${Number(rseq) + 1} 1 INVITE` } });
    await peer.response('481 PRACK');
    expect(peer.heard).not.toContain('200 INVITE');
    stage.send('PRACK', { headers: { To, RAck: `${rseq} 1 INVITE` } });
    await peer.response('200 PRACK');
    await peer.response('200 INVITE');
    stage.send('ACK', { cseq: 1, headers: { To } });
  });

  it('is refused with 504 when no PRACK comes', async () => {
    const { call, ear } = await stage.invited({ sdp: SDP, headers: { Require: '100rel' } });
    call.ring();
    await peer.response('504 INVITE');
    expect(ear.whats).toEqual(['cancelled']);
  });

  it('without an offer gets ours in a reliable 183, and its answer in the PRACK counts', async () => {
    const { call } = await stage.invited({ headers: { Require: '100rel' } });
    call.ring();
    call.ring(SDP);
    const early = await peer.response('183 INVITE');
    expect(peer.heard).not.toContain('180 INVITE');
    const headers = { To: early.headers.get('To')!, RAck: `${early.headers.get('RSeq')} 1 INVITE` };
    stage.send('PRACK', { headers, sdp: 'their answer' });
    await peer.response('200 PRACK');
    const answered = call.answer(SDP);
    expect((await peer.response('200 INVITE')).body).toHaveLength(0);
    stage.send('ACK', { cseq: 1, headers });
    expect(await answered).toBe('their answer');
  });

  it.each([
    ['420 INVITE', { Require: 'replaces, timer' }],
    ['481 INVITE', { Replaces: 'x;to-tag=1;from-tag=2' }],
    ['415 INVITE', { 'Content-Type': 'application/isup' }],
    ['422 INVITE', { 'Session-Expires': '1', Supported: 'timer' }],
    ['481 INVITE', { To: '<sip:us@127.0.0.1>;tag=nobody' }],
  ])('is refused with %s before anybody is told: %o', async (name, headers) => {
    stage.send('INVITE', { sdp: SDP, headers: headers as unknown as Record<string, string> });
    const refusal = await peer.response(name);
    expect(tagOf(toOf(refusal))).not.toBeNull();
    if (refusal.status === 420) expect(refusal.headers.get('Unsupported')).toBe('replaces');
    if (refusal.status === 422) expect(refusal.headers.get('Min-SE')).toBe('2');
    if (refusal.status === 415) expect(refusal.headers.get('Accept')).toBe('application/sdp');
    expect(stage.bell.calls).toEqual([]);
  });

  it('is refused with 503 when there are too many, and with 500 when our side fails', async () => {
    const first = await stage.invited({ sdp: SDP, headers: { 'Call-ID': 'one' } });
    stage.bell.then = () => {
      throw new Error('a fault of ours');
    };
    stage.send('INVITE', { sdp: SDP, headers: { 'Call-ID': 'two' } });
    await peer.response('500 INVITE');
    stage.bell.then = () => undefined;
    await stage.invited({ sdp: SDP, headers: { 'Call-ID': 'three' } });
    stage.send('INVITE', { sdp: SDP, headers: { 'Call-ID': 'four' } });
    const { headers } = await peer.response('503 INVITE');
    expect(headers.get('Retry-After')).toBe('5');
    first.call.hangUp(603);
    await peer.response('603 INVITE');
  });

  it('is taken with Max-Forwards 0 by who is meant (RFC 4475 §3.3.11)', async () => {
    await stage.invited({ sdp: SDP, headers: { 'Max-Forwards': '0' } });
  });
});

describe('outside of dialogs', () => {
  it.each([
    ['OPTIONS', 200],
    ['BYE', 481],
    ['UPDATE', 481],
    ['SUBSCRIBE', 405],
    ['REGISTER', 405],
    ['JUMP', 501],
  ])('%s is answered with %i, and with nothing when nobody admits it', async (method, status) => {
    stage.bell.admits = ({ headers }) => headers.get('Call-ID') === 'friend';
    stage.send(method, { headers: { 'Call-ID': 'stranger' } });
    stage.send(method, { headers: { 'Call-ID': 'stranger', To: '<sip:us@127.0.0.1>;tag=x' } });
    // Loopback keeps the order: the first answer is to what was asked last.
    stage.send(method, { headers: { 'Call-ID': 'friend' } });
    const answer = await peer.response(`${status} ${method}`);
    expect(answer.headers.get('Call-ID')).toBe('friend');
    // The strangers' requests are forgotten; the friend's is kept for those that come again.
    expect(stage.agent.size).toBe(1);
    if (status !== 481) expect(answer.headers.get('Allow')).toContain('INVITE');
  });
});
