import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Doorbell, openAgent, SDP } from '../../../test/support/sip-agents.ts';
import { RawPeer, type Said } from '../../../test/support/raw-peer.ts';
import { tagOf, toOf } from '../message/fields.ts';
import { SdpRefused } from '../sdp/offer-answer.ts';
import type { UserAgent } from './calls.ts';

let agent: UserAgent;
let bell: Doorbell;
let peer: RawPeer;
beforeEach(async () => {
  agent = await openAgent({
    times: { t1: 20, t2: 80, t4: 100 },
    limits: { minSessionSeconds: 2, calls: 2 },
  });
  bell = new Doorbell(agent);
  peer = await RawPeer.open();
});
afterEach(async () => {
  peer.answersBye = true;
  await agent.close();
  peer.close();
});

const send = (method: string, said?: Parameters<RawPeer['send']>[2]) =>
  peer.send(agent.udpPort, method, said);

async function invited(said: Said = { sdp: SDP }) {
  const next = bell.next();
  send('INVITE', said);
  return next;
}

/** A call that is answered and acknowledged; `within` sends a request in its dialog. */
async function talking(said: Said = { sdp: SDP }) {
  const { call, ear } = await invited(said);
  const answered = call.answer(SDP);
  const ok = await peer.response('200 INVITE');
  const To = ok.headers.get('To')!;
  send('ACK', { cseq: 1, headers: { To } });
  await answered;
  const within = (method: string, more: Parameters<RawPeer['send']>[2] = {}) =>
    send(method, { ...more, headers: { To, ...more.headers } });
  return { call, ear, ok, within };
}

describe('an INVITE of theirs', () => {
  it('hears 100 at once, then 180, and 200 with what we can do', async () => {
    const { call } = await invited();
    expect(tagOf(toOf(await peer.response('100 INVITE')))).toBeNull();
    call.ring();
    const ringing = await peer.response('180 INVITE');
    void call.answer(SDP);
    const ok = await peer.response('200 INVITE');
    expect(ok.headers.get('To')).toBe(ringing.headers.get('To'));
    expect(ok.headers.get('Allow')).toContain('UPDATE');
    expect(ok.headers.get('Contact')).toBe(`<sip:us@127.0.0.1:${agent.udpPort}>`);
    expect(ok.body.toString()).toBe(SDP);
  });

  it('hears the 200 again until its ACK comes, and BYE when none does (§13.3.1.4)', async () => {
    const { call, ear } = await invited();
    const answered = call.answer(SDP);
    await expect(answered).rejects.toThrow('did not acknowledge');
    expect((await ear.next('ended')).end.kind).toBe('lost');
    peer.answer(await peer.request('BYE'), 200);
    expect(peer.heard.filter((name) => name === '200 INVITE').length).toBeGreaterThan(10);
    expect(ear.whats).toEqual(['ended']);
  });

  it('may be ended before its ACK', async () => {
    const { call, ear } = await invited();
    const answered = call.answer(SDP);
    const To = (await peer.response('200 INVITE')).headers.get('To')!;
    send('BYE', { headers: { To } });
    await peer.response('200 BYE');
    expect((await ear.next('ended')).end).toEqual({ kind: 'bye', reason: null });
    await expect(answered).rejects.toThrow('ended before');
  });

  it('may be ended by BYE while it rings: 200, and 487 for the INVITE (§15.1.2)', async () => {
    const { call, ear } = await invited();
    call.ring();
    const To = (await peer.response('180 INVITE')).headers.get('To')!;
    send('BYE', { headers: { To } });
    await Promise.all([peer.response('200 BYE'), peer.response('487 INVITE')]);
    expect(ear.whats).toEqual(['cancelled']);
    await expect(call.answer(SDP)).rejects.toThrow('cannot be answered');
  });

  it('waits with our BYE until the ACK is here (§15)', async () => {
    const { call } = await invited();
    void call.answer(SDP);
    const To = (await peer.response('200 INVITE')).headers.get('To')!;
    call.hangUp(undefined, [['Reason', 'Q.850;cause=16']]);
    await peer.response('200 INVITE', 3);
    expect(peer.heard).not.toContain('BYE');
    send('ACK', { cseq: 1, headers: { To } });
    const bye = await peer.request('BYE');
    expect(bye.headers.get('Reason')).toBe('Q.850;cause=16');
    peer.answer(bye, 200);
  });

  it('gets what it requires reliably, and the 200 only behind the PRACK (RFC 3262)', async () => {
    const { call } = await invited({ sdp: SDP, headers: { Require: '100rel' } });
    call.ring(SDP);
    const early = await peer.response('183 INVITE', 2);
    const To = early.headers.get('To')!;
    const rseq = early.headers.get('RSeq')!;
    void call.answer(SDP);
    send('PRACK', { headers: { To, RAck: `${Number(rseq) + 1} 1 INVITE` } });
    await peer.response('481 PRACK');
    expect(peer.heard).not.toContain('200 INVITE');
    send('PRACK', { headers: { To, RAck: `${rseq} 1 INVITE` } });
    await peer.response('200 PRACK');
    await peer.response('200 INVITE');
    send('ACK', { cseq: 1, headers: { To } });
  });

  it('is refused with 504 when no PRACK comes', async () => {
    const { call, ear } = await invited({ sdp: SDP, headers: { Require: '100rel' } });
    call.ring();
    await peer.response('504 INVITE');
    expect(ear.whats).toEqual(['cancelled']);
  });

  it('without an offer gets ours in a reliable 183, and its answer in the PRACK counts', async () => {
    const { call } = await invited({ headers: { Require: '100rel' } });
    call.ring();
    call.ring(SDP);
    const early = await peer.response('183 INVITE');
    expect(peer.heard).not.toContain('180 INVITE');
    const headers = { To: early.headers.get('To')!, RAck: `${early.headers.get('RSeq')} 1 INVITE` };
    send('PRACK', { headers, sdp: 'their answer' });
    await peer.response('200 PRACK');
    const answered = call.answer(SDP);
    expect((await peer.response('200 INVITE')).body).toHaveLength(0);
    send('ACK', { cseq: 1, headers });
    expect(await answered).toBe('their answer');
  });

  it.each([
    ['420 INVITE', { Require: 'replaces, timer' }],
    ['481 INVITE', { Replaces: 'x;to-tag=1;from-tag=2' }],
    ['415 INVITE', { 'Content-Type': 'application/isup' }],
    ['422 INVITE', { 'Session-Expires': '1', Supported: 'timer' }],
    ['481 INVITE', { To: '<sip:us@127.0.0.1>;tag=nobody' }],
  ])('is refused with %s before anybody is told: %o', async (name, headers) => {
    send('INVITE', { sdp: SDP, headers: headers as unknown as Record<string, string> });
    const refusal = await peer.response(name);
    expect(tagOf(toOf(refusal))).not.toBeNull();
    if (refusal.status === 420) expect(refusal.headers.get('Unsupported')).toBe('replaces');
    if (refusal.status === 422) expect(refusal.headers.get('Min-SE')).toBe('2');
    if (refusal.status === 415) expect(refusal.headers.get('Accept')).toBe('application/sdp');
    expect(bell.calls).toEqual([]);
  });

  it('is refused with 503 when there are too many, and with 500 when our side fails', async () => {
    const first = await invited({ sdp: SDP, headers: { 'Call-ID': 'one' } });
    bell.then = () => {
      throw new Error('a fault of ours');
    };
    send('INVITE', { sdp: SDP, headers: { 'Call-ID': 'two' } });
    await peer.response('500 INVITE');
    bell.then = () => undefined;
    await invited({ sdp: SDP, headers: { 'Call-ID': 'three' } });
    send('INVITE', { sdp: SDP, headers: { 'Call-ID': 'four' } });
    const { headers } = await peer.response('503 INVITE');
    expect(headers.get('Retry-After')).toBe('5');
    first.call.hangUp(603);
    await peer.response('603 INVITE');
  });

  it('is taken with Max-Forwards 0 by who is meant (RFC 4475 §3.1.1.13)', async () => {
    await invited({ sdp: SDP, headers: { 'Max-Forwards': '0' } });
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
    bell.admits = ({ headers }) => headers.get('Call-ID') === 'friend';
    send(method, { headers: { 'Call-ID': 'stranger' } });
    send(method, { headers: { 'Call-ID': 'stranger', To: '<sip:us@127.0.0.1>;tag=x' } });
    // Loopback keeps the order: the first answer is to what was asked last.
    send(method, { headers: { 'Call-ID': 'friend' } });
    const answer = await peer.response(`${status} ${method}`);
    expect(answer.headers.get('Call-ID')).toBe('friend');
    // The strangers' requests are forgotten; the friend's is kept for those that come again.
    expect(agent.size).toBe(1);
    if (status !== 481) expect(answer.headers.get('Allow')).toContain('INVITE');
  });
});

describe('within a dialog', () => {
  it.each([
    ['OPTIONS', 200],
    ['REFER', 603],
    ['NOTIFY', 481],
    ['PRACK', 481],
    ['MESSAGE', 405],
    ['SUBSCRIBE', 405],
    ['JUMP', 501],
  ])('%s is answered with %i', async (method, status) => {
    const { within, ear } = await talking();
    within(method);
    await peer.response(`${status} ${method}`);
    expect(ear.whats).toEqual([]);
  });

  it('requests come in order, with options that we know (§12.2.2)', async () => {
    const { within } = await talking();
    within('INFO', { cseq: 7 });
    await peer.response('200 INFO');
    within('INFO', { cseq: 6 });
    await peer.response('500 INFO');
    within('INFO', { cseq: 8, headers: { Require: 'teleport' } });
    expect((await peer.response('420 INFO')).headers.get('Unsupported')).toBe('teleport');
  });

  it('INFO is told, and a fault of ours is a 500', async () => {
    const { within, ear } = await talking();
    const headers = { 'Content-Type': 'application/dtmf-relay' };
    within('INFO', { sdp: 'Signal=5', headers });
    await peer.response('200 INFO');
    expect(await ear.next('info')).toMatchObject({ body: 'Signal=5' });
    ear.info = () => {
      throw new Error('a fault of ours');
    };
    within('INFO', { sdp: 'Signal=5', headers });
    await peer.response('500 INFO');
  });

  it('re-INVITE and UPDATE get an answer, 488 or 500, and the session stays (§14.2)', async () => {
    const { within, ear, ok } = await talking();
    const To = ok.headers.get('To')!;
    within('UPDATE', { sdp: 'one' });
    expect((await peer.response('200 UPDATE')).body.toString()).toBe(SDP);
    ear.reply = () => Promise.reject(new SdpRefused('no_codec', 'nothing that we speak'));
    within('UPDATE', { sdp: 'two' });
    const refusal = await peer.response('488 UPDATE');
    expect(refusal.headers.get('Warning')).toBe('399 offhook "nothing that we speak"');
    ear.reply = () => {
      throw new Error('a fault of ours');
    };
    within('INVITE', { sdp: 'three', cseq: 40 });
    await peer.response('500 INVITE');
    ear.reply = () => SDP;
    within('INVITE', { sdp: 'four', cseq: 41 });
    await peer.response('200 INVITE', 2);
    send('ACK', { cseq: 41, headers: { To } });
    within('UPDATE', { cseq: 42 });
    await peer.response('200 UPDATE', 2);
    expect(ear.news.map((one) => ('sdp' in one ? one.sdp : one.what))).toEqual([
      ...['one', 'two', 'three', 'four'],
    ]);
  });

  it('re-INVITE without an offer gets ours, and its ACK brings the answer', async () => {
    const { within, ear, ok } = await talking();
    within('INVITE', { cseq: 5 });
    expect((await peer.response('200 INVITE', 2)).body.toString()).toBe(SDP);
    send('ACK', { cseq: 5, sdp: 'their answer', headers: { To: ok.headers.get('To')! } });
    expect((await ear.next('answeredAgain')).sdp).toBe('their answer');
    expect(ear.whats).toEqual(['offered', 'answeredAgain']);
  });

  it('a re-INVITE that waits for us is cancelled, and a second one refused', async () => {
    const { within, ear, ok } = await talking();
    ear.reply = () => new Promise(() => undefined);
    within('INVITE', { sdp: SDP, cseq: 5, branch: 'z9hG4bKwaits' });
    await peer.response('100 INVITE', 2);
    within('UPDATE', { sdp: SDP, cseq: 6 });
    const later = await peer.response('500 UPDATE');
    expect(Number(later.headers.get('Retry-After'))).toBeLessThanOrEqual(10);
    const headers = { To: ok.headers.get('To')! };
    send('CANCEL', { cseq: 5, branch: 'z9hG4bKwaits', headers });
    await Promise.all([peer.response('200 CANCEL'), peer.response('487 INVITE')]);
    within('BYE', { cseq: 7 });
    await peer.response('200 BYE');
  });

  it('offers that meet are refused with 491, and ours is made again (§14.1)', async () => {
    const { call, within } = await talking();
    const reoffered = call.reoffer('our offer');
    const ours = await peer.request('INVITE');
    within('INVITE', { sdp: 'their offer' });
    await peer.response('491 INVITE');
    peer.answer(ours, 491);
    const again = await peer.request('INVITE', 2);
    peer.answer(again, 200, { sdp: 'their answer' });
    expect(await reoffered).toBe('their answer');
    await peer.request('ACK', 2);
  });

  it('an offer of ours that is refused changes nothing; 481 ends the call', async () => {
    const { call, ear } = await talking();
    const reoffered = call.reoffer('our offer');
    peer.answer(await peer.request('INVITE'), 488);
    await expect(reoffered).rejects.toThrow('488');
    const told = call.info('text/plain', 'x');
    peer.answer(await peer.request('INFO'), 481);
    await expect(told).rejects.toThrow('481');
    expect((await ear.next('ended')).end.kind).toBe('lost');
    peer.answer(await peer.request('BYE'), 481);
    await expect.poll(() => agent.size).toBeLessThan(6);
  });

  it('both BYEs at once are both answered with 200', async () => {
    const { call, within } = await talking();
    call.hangUp();
    call.hangUp();
    const bye = await peer.request('BYE');
    within('BYE');
    await peer.response('200 BYE');
    peer.answer(bye, 481);
  });

  it('what comes for a call that is over hears 481', async () => {
    const { within } = await talking();
    within('BYE');
    await peer.response('200 BYE');
    within('INFO');
    await peer.response('481 INFO');
  });
});

describe('a session timer', () => {
  const headers = { 'Session-Expires': '2;refresher=uas', Supported: 'timer', Allow: 'UPDATE' };

  it('that is on us is refreshed by UPDATE, or by re-INVITE where that is unknown', async () => {
    const { ok } = await talking({ sdp: SDP, headers });
    expect(ok.headers.get('Session-Expires')).toBe('2;refresher=uas');
    const update = await peer.request('UPDATE');
    expect(update.headers.get('Session-Expires')).toBe('2;refresher=uac');
    expect(update.body).toHaveLength(0);
    peer.answer(update, 501);
    const invite = await peer.request('INVITE');
    expect(invite.body.toString()).toBe(SDP);
    peer.answer(invite, 200, { sdp: SDP, headers: { 'Session-Expires': '2;refresher=uac' } });
    await peer.request('ACK');
    // The next one, and UPDATE is not tried again.
    await peer.request('INVITE', 2);
    expect(peer.heard.filter((name) => name === 'UPDATE')).toHaveLength(1);
  });

  it('that is on them and runs out ends the call', async () => {
    const { ear } = await talking({
      sdp: SDP,
      headers: { ...headers, 'Session-Expires': '2;refresher=uac' },
    });
    const { end } = await ear.next('ended');
    expect(end).toEqual({ kind: 'lost', text: 'the session was not refreshed in time' });
    peer.answer(await peer.request('BYE'), 200);
  });
});
