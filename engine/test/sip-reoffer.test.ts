import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SDP } from './support/sip-agents.ts';
import { SipEngine } from './support/sip-engine.ts';

let engine: SipEngine;
let sound: Socket;
beforeEach(async () => {
  engine = await SipEngine.open();
  sound = createSocket('udp4').bind(0, '127.0.0.1');
  await once(sound, 'listening');
});
afterEach(async () => {
  sound.close();
  await engine.close();
});

const bodyOf = ({ body }: { body: Uint8Array }) => Buffer.from(body).toString('utf8');

it('a re-INVITE without an offer gets ours, and sound goes to where its ACK says', async () => {
  const ok = await engine.talking('call');
  const again = await engine.peer.final(engine.within(ok, 'INVITE'));
  expect(again.status).toBe(200);
  const port = /m=audio (\d+) RTP/.exec(bodyOf(again))?.[1];
  // RFC 3264 §8: the same stream, described anew.
  expect(port).toBe(/m=audio (\d+) RTP/.exec(bodyOf(ok))?.[1]);
  engine.acknowledge(again, { sdp: SDP.replace('40000', String(sound.address().port)) });
  const [packet, from] = (await once(sound, 'message')) as [Buffer, { port: number }];
  // RFC 3550 §5.1: version 2, payload type 0 (PCMU).
  expect([packet[0]! >> 6, packet[1]! & 0x7f]).toEqual([2, 0]);
  expect(String(from.port)).toBe(port);
  expect((await engine.peer.final(engine.within(ok, 'BYE'))).status).toBe(200);
});
