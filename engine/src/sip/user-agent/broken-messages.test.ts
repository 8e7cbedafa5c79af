import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { callTo, Doorbell, hopTo, openAgent, SDP } from '../../../test/support/sip-agents.ts';
import { parseUri } from '../message/uri.ts';
import { randomFrom } from '../transport/lossy-wire.ts';

const DATAGRAMS = 10_000;

const HEAD = [
  'Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-0;rport',
  'From: "A" <sip:a@127.0.0.1>;tag=1',
  'To: <sip:b@127.0.0.1>',
  'Call-ID: 1@x',
  'CSeq: 1 INVITE',
  'Contact: <sip:a@127.0.0.1:9>',
  'Record-Route: <sip:127.0.0.1:9;lr>',
  'Session-Expires: 1800;refresher=uac',
  'Supported: timer, 100rel',
  'Require: 100rel',
  'RSeq: 1',
  'RAck: 1 1 INVITE',
  'Content-Type: application/sdp',
];
const STARTS = [
  'INVITE sip:b@127.0.0.1 SIP/2.0',
  'OPTIONS sip:b@127.0.0.1 SIP/2.0',
  'PRACK sip:b@127.0.0.1 SIP/2.0',
  'ACK sip:b@127.0.0.1 SIP/2.0',
  'CANCEL sip:b@127.0.0.1 SIP/2.0',
  'REGISTER sip:127.0.0.1 SIP/2.0',
  'SIP/2.0 183 Session Progress',
  'SIP/2.0 200 OK',
  'SIP/2.0 401 Unauthorized',
];

/** Some message, with headers left out, put twice or out of place, and bytes changed. */
function broken(random: () => number, n: number): Buffer {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const start = pick(STARTS);
  const method = start.startsWith('SIP') ? 'INVITE' : start.split(' ')[0]!;
  const lines = HEAD.filter(() => random() > 0.05).map((line) =>
    line.replace('1 INVITE', `1 ${method}`).replace('bK-0', `bK-${n}`).replace('1@x', `${n}@x`),
  );
  if (random() < 0.2) lines.push(pick(HEAD));
  if (random() < 0.2) lines.splice(Math.floor(random() * lines.length), 0, pick(STARTS));
  const bytes = Buffer.from([start, ...lines, '', random() < 0.5 ? SDP : ''].join('\r\n'));
  for (let i = Math.floor(random() * 4); i > 0; i -= 1) {
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  }
  return random() < 0.05 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
}

it('10,000 broken datagrams hurt nobody: a call goes on, others come, and nothing is left', async () => {
  const times = { t1: 20, t2: 80, t4: 100 };
  const us = await openAgent({ times });
  const them = await openAgent({ times });
  const bell = new Doorbell(them);
  bell.then = (call) => {
    // Who is asked for nothing but nonsense answers as it likes.
    if (call.callId.endsWith('@x')) call.hangUp(603);
    else void call.answer(SDP);
  };
  const { call, ear } = callTo(us, them.udpPort);
  await ear.next('answered');

  const random = randomFrom(3);
  const socket = createSocket('udp4');
  for (let n = 0; n < DATAGRAMS; n += 1) {
    socket.send(broken(random, n), them.udpPort, '127.0.0.1');
    // An answer means that all before it were read: no more than the system's buffer holds.
    if (n % 50 === 49)
      expect(await us.ping(parseUri('sip:b@127.0.0.1'), [hopTo(them.udpPort)])).toHaveProperty(
        'ok',
        true,
      );
  }
  await call.info('text/plain', 'still there?');
  expect((await bell.calls[0]!.ear.next('info')).body).toBe('still there?');
  call.hangUp();
  const after = callTo(us, them.udpPort);
  await after.ear.next('answered');
  after.call.hangUp();
  socket.close();
  await once(socket, 'close');
  // Enough of them are whole enough to be a call.
  expect(bell.calls.length).toBeGreaterThan(100);
  await expect.poll(() => us.size + them.size, { timeout: 10_000 }).toBe(0);
  await Promise.all([us.close(), them.close()]);
});
