import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { responseTo } from '../src/sip/message/make.ts';
import { parseMessage } from '../src/sip/message/parse.ts';
import { writeMessage } from '../src/sip/message/write.ts';
import { ACCOUNT } from './support/house.ts';
import { SDP } from './support/sip-agents.ts';
import { SipEngine } from './support/sip-engine.ts';

let engine: SipEngine;
afterEach(() => engine.close());

/** Calls the raw far end at its address. */
async function callPeer(more = '') {
  const { peer, application } = engine;
  const path = `/2010-04-01/Accounts/${ACCOUNT.TWILIO_ACCOUNT_SID}/Calls.json`;
  const To = `sip:ada@127.0.0.1:${peer.port}${more}`;
  const asked = { To, From: ACCOUNT.TWILIO_CALLER_ID, Url: `${application.url}/voice` };
  const StatusCallback = `${application.url}/done`;
  await engine.ask('POST', path, new URLSearchParams({ ...asked, StatusCallback }));
  return application.next(({ path }) => path === '/done');
}

it.each([415, 488, 606])(
  'offers SRTP to who refuses plain RTP with %d, and once only',
  async (status) => {
    engine = await SipEngine.open();
    const { peer } = engine;
    const done = callPeer();
    const plain = await peer.request('INVITE');
    expect(plain.body.toString()).toMatch(/^m=audio \d+ RTP\/AVP /m);
    peer.answer(plain, status, { tag: 'one' });
    const secret = await peer.request('INVITE', 2);
    expect(secret.body.toString()).toMatch(/^m=audio \d+ RTP\/SAVP /m);
    // RFC 4568 §6.1: a key of each suite.
    expect(secret.body.toString().match(/^a=crypto:/gm)).toHaveLength(2);
    peer.answer(secret, status, { tag: 'two' });
    expect((await done).fields).toMatchObject({
      CallStatus: 'failed',
      SipResponseCode: String(status),
    });
    expect(peer.count('INVITE')).toBe(2);
  },
);

it('does not offer anything else to who refuses for another reason', async () => {
  engine = await SipEngine.open();
  const { peer } = engine;
  const done = callPeer();
  peer.answer(await peer.request('INVITE'), 480, { tag: 'one' });
  expect((await done).fields).toMatchObject({ CallStatus: 'no-answer', SipResponseCode: '480' });
  expect(peer.count('INVITE')).toBe(1);
});

it('does not ring again who has answered with something unusable', async () => {
  engine = await SipEngine.open();
  const { peer } = engine;
  peer.answersBye = true;
  const done = callPeer();
  const sdp = SDP.replace('RTP/AVP 0', 'RTP/AVP 18');
  peer.answer(await peer.request('INVITE'), 200, { tag: 'one', sdp });
  expect((await done).fields).toMatchObject({ CallStatus: 'failed' });
  expect(peer.count('INVITE')).toBe(1);
});

it('sends what is too large for a datagram by TCP, where no transport is named', async () => {
  engine = await SipEngine.open();
  const server = createServer().listen(engine.peer.port, '127.0.0.1');
  await once(server, 'listening');
  const done = callPeer(`?X-Long=${'x'.repeat(900)}`);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  const invite = parseMessage(bytes);
  if (invite.kind !== 'request') throw new Error('an INVITE was awaited');
  expect(invite.headers.get('X-Long')).toHaveLength(900);
  socket.write(writeMessage(responseTo(invite, 486, null, 'one')));
  expect((await done).fields).toMatchObject({ CallStatus: 'busy' });
  expect(engine.peer.count('INVITE')).toBe(0);
  socket.destroy();
  server.close();
});
