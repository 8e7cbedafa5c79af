import { afterEach, beforeEach, expect, it } from 'vitest';
import { shareOf } from '../../test/support/tones.ts';
import type { SipRequest, SipResponse } from '../src/sip/message/message.ts';
import { RtpPeer } from './rtp-peer.ts';
import { ACCOUNT } from './support/house.ts';
import { SDP } from './support/sip-agents.ts';
import { SipEngine } from './support/sip-engine.ts';

const NETWORK_HZ = 700;
const RINGBACK_HZ = 400;

let engine: SipEngine;
/** The sound of who calls us, and of the network that we call. */
let caller: RtpPeer;
let network: RtpPeer | null;
beforeEach(async () => {
  engine = await SipEngine.open({ env: { SIP_RTP_TIMEOUT_SECONDS: '1' } });
  caller = await RtpPeer.open(0);
  network = null;
});
afterEach(async () => {
  caller.close();
  network?.close();
  await engine.close();
});

function dials(number: string, more = '', path = '/voice'): void {
  const dial = `<Dial answerOnBridge="true"${more}><Number>${number}</Number></Dial>`;
  engine.application.on(path, `<Response>${dial}</Response>`);
}

function sdpOf(peer: RtpPeer): string {
  return SDP.replace('40000', String(peer.flow().remote.port));
}

function portIn({ body }: SipRequest | SipResponse): number {
  return Number(/^m=audio (\d+) /m.exec(body.toString())?.[1]);
}

/** Our number is called, and calls on: what its trunk is asked. */
async function callThrough(
  offer: 'offer' | 'none' = 'offer',
  more: Record<string, string> = {},
): Promise<SipRequest> {
  dials('+442079460001', ' action="/next"');
  const headers = { 'Call-ID': 'in', To: `<sip:${ACCOUNT.TWILIO_CALLER_ID}@127.0.0.1>` };
  engine.send('INVITE', {
    headers: { ...headers, ...more },
    ...(offer === 'none' ? {} : { sdp: sdpOf(caller) }),
  });
  return engine.peer.request('INVITE');
}

/** The network rings and says something before it answers. */
async function announce(invite: SipRequest): Promise<string> {
  network = await RtpPeer.open(portIn(invite));
  const sdp = sdpOf(network);
  engine.peer.answer(invite, 183, { tag: 'network', sdp });
  network.say(NETWORK_HZ);
  return sdp;
}

/** Ringing is two tones, with pauses: 0.16 of each while it lasts. */
function callerHears(hz: number): Promise<void> {
  const share = () => {
    const samples = Float32Array.from(caller.lastHeard(600), (one) => one / 32_768);
    return shareOf(hz, { rate: 8000, samples });
  };
  return expect.poll(share, { timeout: 8_000 }).toBeGreaterThan(0.1);
}

it('a caller hears what the network says before the answer, and after it the same goes on', async () => {
  const invite = await callThrough();
  const sdp = await announce(invite);
  const early = await engine.peer.response('183 INVITE');
  await callerHears(NETWORK_HZ);
  // Longer than who says nothing is waited for once it is answered.
  await expect.poll(() => caller.heard.length, { timeout: 8_000 }).toBeGreaterThan(1500 / 20);
  expect(engine.peer.count('200 INVITE')).toBe(0);
  engine.peer.answer(invite, 200, { tag: 'network', sdp });
  const ok = await engine.peer.response('200 INVITE');
  // RFC 3261 §13.2.1: the answer is the one that came early.
  expect(ok.body).toEqual(early.body);
  engine.acknowledge(ok);
  caller.heard.length = 0;
  await callerHears(NETWORK_HZ);
});

it('a caller hears nothing of ours where the network only rings', async () => {
  const invite = await callThrough();
  network = await RtpPeer.open(portIn(invite));
  engine.peer.answer(invite, 183, { tag: 'network', sdp: sdpOf(network) });
  engine.peer.answer(invite, 200, { tag: 'network', sdp: sdpOf(network) });
  await engine.peer.response('200 INVITE');
  expect([engine.peer.count('180 INVITE'), engine.peer.count('183 INVITE')]).toEqual([1, 0]);
});

it('a caller may change its mind before the answer, where it hears us reliably (RFC 3311)', async () => {
  const invite = callThrough('offer', { Require: '100rel' });
  const acknowledge = (response: SipResponse) => {
    const RAck = `${response.headers.get('RSeq')} ${response.headers.get('CSeq')}`;
    return engine.peer.final(engine.within(response, 'PRACK', { headers: { RAck } }));
  };
  expect((await acknowledge(await engine.peer.response('180 INVITE'))).status).toBe(200);
  const sdp = await announce(await invite);
  await acknowledge(await engine.peer.response('180 INVITE', 2));
  const early = await engine.peer.response('183 INVITE');
  expect((await acknowledge(early)).status).toBe(200);
  const held = `${sdpOf(caller)}a=sendonly\r\n`;
  const update = await engine.peer.final(engine.within(early, 'UPDATE', { sdp: held }));
  expect(update.body.toString()).toContain('a=recvonly');
  engine.peer.answer(await invite, 200, { tag: 'network', sdp });
  const ok = await engine.peer.response('200 INVITE');
  expect(ok.body.toString()).toBe(update.body.toString());
  engine.acknowledge(ok);
});

it('a caller without an offer waits for the answer', async () => {
  const invite = await callThrough('none');
  const sdp = await announce(invite);
  engine.peer.answer(invite, 200, { tag: 'network', sdp });
  const ok = await engine.peer.response('200 INVITE');
  expect(portIn(ok)).toBeGreaterThan(0);
  expect(engine.peer.count('183 INVITE')).toBe(0);
});

it('a caller who has heard one that failed hears the next one ring', async () => {
  dials('+442079460002', '', '/next');
  const invite = await callThrough();
  await announce(invite);
  await callerHears(NETWORK_HZ);
  network?.fallSilent();
  engine.peer.answer(invite, 404, { tag: 'network' });
  engine.peer.answer(await engine.peer.request('INVITE', 2), 180, { tag: 'second' });
  await callerHears(RINGBACK_HZ);
});
