import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RawPeer } from '../../../test/support/raw-peer.ts';
import { SDP } from '../../../test/support/sip-agents.ts';
import { Stage } from '../../../test/support/stage.ts';
import { SdpRefused } from '../sdp/offer-answer.ts';

let stage: Stage;
let peer: RawPeer;
beforeEach(async () => {
  stage = await Stage.open();
  peer = stage.peer;
});
afterEach(() => stage.close());

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
    const { within, ear } = await stage.talking();
    within(method);
    await peer.response(`${status} ${method}`);
    expect(ear.whats).toEqual([]);
  });

  it('requests come in order, with options that we know (§12.2.2)', async () => {
    const { within } = await stage.talking();
    within('INFO', { cseq: 7 });
    await peer.response('200 INFO');
    within('INFO', { cseq: 6 });
    await peer.response('500 INFO');
    within('INFO', { cseq: 8, headers: { Require: 'teleport' } });
    expect((await peer.response('420 INFO')).headers.get('Unsupported')).toBe('teleport');
  });

  it('INFO is told, and a fault of ours is a 500', async () => {
    const { within, ear } = await stage.talking();
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
    const { within, ear, ok } = await stage.talking();
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
    stage.send('ACK', { cseq: 41, headers: { To } });
    within('UPDATE', { cseq: 42 });
    await peer.response('200 UPDATE', 2);
    expect(ear.news.map((one) => ('sdp' in one ? one.sdp : one.what))).toEqual([
      ...['one', 'two', 'three', 'four'],
    ]);
  });

  it('re-INVITE without an offer gets ours, and its ACK brings the answer', async () => {
    const { within, ear, ok } = await stage.talking();
    within('INVITE', { cseq: 5 });
    expect((await peer.response('200 INVITE', 2)).body.toString()).toBe(SDP);
    stage.send('ACK', { cseq: 5, sdp: 'their answer', headers: { To: ok.headers.get('To')! } });
    expect((await ear.next('answeredAgain')).sdp).toBe('their answer');
    expect(ear.whats).toEqual(['offered', 'answeredAgain']);
  });

  it('a re-INVITE that waits for us is cancelled, and a second one refused', async () => {
    const { within, ear, ok } = await stage.talking();
    ear.reply = () => new Promise(() => undefined);
    within('INVITE', { sdp: SDP, cseq: 5, branch: 'z9hG4bKwaits' });
    await peer.response('100 INVITE', 2);
    within('UPDATE', { sdp: SDP, cseq: 6 });
    const later = await peer.response('500 UPDATE');
    expect(Number(later.headers.get('Retry-After'))).toBeLessThanOrEqual(10);
    const headers = { To: ok.headers.get('To')! };
    stage.send('CANCEL', { cseq: 5, branch: 'z9hG4bKwaits', headers });
    await Promise.all([peer.response('200 CANCEL'), peer.response('487 INVITE')]);
    within('BYE', { cseq: 7 });
    await peer.response('200 BYE');
  });

  it('offers that meet are refused with 491, and ours is made again (§14.1)', async () => {
    const { call, within } = await stage.talking();
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
    const { call, ear } = await stage.talking();
    const reoffered = call.reoffer('our offer');
    peer.answer(await peer.request('INVITE'), 488);
    await expect(reoffered).rejects.toThrow('488');
    const told = call.info('text/plain', 'x');
    peer.answer(await peer.request('INFO'), 481);
    await expect(told).rejects.toThrow('481');
    expect((await ear.next('ended')).end.kind).toBe('lost');
    peer.answer(await peer.request('BYE'), 481);
    await expect.poll(() => stage.agent.size).toBeLessThan(6);
  });

  it('both BYEs at once are both answered with 200', async () => {
    const { call, within } = await stage.talking();
    call.hangUp();
    call.hangUp();
    const bye = await peer.request('BYE');
    within('BYE');
    await peer.response('200 BYE');
    peer.answer(bye, 481);
  });

  it('their BYE gets none of ours, though its owner hangs up when told (§15.1.2)', async () => {
    const { call, ear, within } = await stage.talking();
    ear.ended = () => call.hangUp();
    within('BYE');
    await peer.response('200 BYE');
    // Whatever had been sent with the 200 would have come before the answer to this.
    within('OPTIONS');
    await peer.response('481 OPTIONS');
    expect(peer.heard).not.toContain('BYE');
  });

  it('what comes for a call that is over hears 481', async () => {
    const { within } = await stage.talking();
    within('BYE');
    await peer.response('200 BYE');
    within('INFO');
    await peer.response('481 INFO');
  });
});

describe('a session timer', () => {
  const headers = { 'Session-Expires': '2;refresher=uas', Supported: 'timer', Allow: 'UPDATE' };

  it('that is on us is refreshed by UPDATE, or by re-INVITE where that is unknown', async () => {
    const { ok } = await stage.talking({ sdp: SDP, headers });
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
    expect(peer.count('UPDATE')).toBe(1);
  });

  it('that is on them and runs out ends the call', async () => {
    const { ear } = await stage.talking({
      sdp: SDP,
      headers: { ...headers, 'Session-Expires': '2;refresher=uac' },
    });
    const { end } = await ear.next('ended');
    expect(end).toEqual({ kind: 'lost', text: 'the session was not refreshed in time' });
    peer.answer(await peer.request('BYE'), 200);
  });
});
