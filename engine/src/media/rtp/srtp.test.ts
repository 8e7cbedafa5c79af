import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveKey, SrtpReceiver, SrtpSender } from './srtp.ts';

const KEY = Buffer.from('e1f97a0d3e018be0d64fa32c06de4139', 'hex');
const SALT = Buffer.from('0ec675ad498afeebb6960b3aabe6', 'hex');
const MASTER = Buffer.concat([KEY, SALT]).toString('base64');
const LONG = 'AES_CM_128_HMAC_SHA1_80';
const SHORT = 'AES_CM_128_HMAC_SHA1_32';

function packet(sequence: number, ssrc = 0xcafe_babe): Buffer {
  const header = Buffer.from('800f0000decafbad00000000', 'hex');
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, Buffer.alloc(16, 0xab)]);
}

describe('SRTP', () => {
  it('derives the keys of RFC 3711 appendix B.3', () => {
    const derived = [0, 2, 1].map((label, i) => deriveKey(KEY, SALT, label, [16, 14, 94][i]!));
    expect(derived.map((bytes) => bytes.toString('hex'))).toEqual([
      'c61e7a93744f39ee10734afe3ff7a087',
      '30cbbc08863d8c85d49db34a9ae1',
      'cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e2359e6cdbce' +
        'e049646c43d9327ad175578ef72270986371c10c9a369ac2f94a8c5fbcdddc25' +
        '6d6e919a48b610ef17c2041e474035766b68642c59bbfc2f34db60dbdfb2',
    ]);
  });

  it('has the key stream of RFC 3711 appendix B.2', () => {
    // deriveKey is that stream for a salt with no label in it.
    const key = Buffer.from('2b7e151628aed2a6abf7158809cf4f3c', 'hex');
    const salt = Buffer.from('f0f1f2f3f4f5f6f7f8f9fafbfcfd', 'hex');
    const stream = deriveKey(key, salt, 0, 0xff02 * 16);
    const block = (n: number): string => stream.subarray(16 * n, 16 * n + 16).toString('hex');
    expect([0, 1, 2, 0xfeff, 0xff00, 0xff01].map(block)).toEqual([
      'e03ead0935c95e80e166b16dd92b4eb4',
      'd23513162b02d0f72a43a2fe4a5f97ab',
      '41e95b3bb0a2e8dd477901e4fca894c0',
      'ec8cdf7398607cb0f2d21675ea9ea1e4',
      '362b7c3c6773516318a077d7fc5073ae',
      '6a2cc3787889374fbeb4c81b17ba6c44',
    ]);
    const counter = Buffer.concat([salt, Buffer.alloc(2)]);
    const whole = createCipheriv('aes-128-ctr', key, counter).update(Buffer.alloc(stream.length));
    expect(stream.equals(whole)).toBe(true);
  });

  it('makes the packets that other implementations make', () => {
    const sent = new SrtpSender(LONG, MASTER).rtp(packet(0x1234));
    expect(sent.toString('hex')).toBe(
      '800f1234decafbadcafebabe' + '4e55dc4ce79978d88ca4d215949d2402' + 'b78d6acc99ea179b8dbb',
    );
    const report = Buffer.concat([Buffer.from('81c8000bcafebabe', 'hex'), Buffer.alloc(16, 0xab)]);
    expect(new SrtpSender(SHORT, MASTER).rtcp(report).toString('hex')).toBe(
      '81c8000bcafebabe' + '7128035be487b9bdbef89041f977a5a8' + '80000001' + '993e08cd54d6c1230798',
    );
  });

  it.each([LONG, SHORT] as const)('of %s is read as it was sent, over a wrap', (suite) => {
    const sender = new SrtpSender(suite, MASTER);
    const receiver = new SrtpReceiver(suite, MASTER);
    const sent = Array.from({ length: 300 }, (_, i) => sender.rtp(packet(0xff80 + i)));
    // Neighbours change places, also at the wrap.
    for (let i = 0; i + 1 < sent.length; i += 2) [sent[i], sent[i + 1]] = [sent[i + 1]!, sent[i]!];
    const read = sent.map((one) => receiver.rtp(Buffer.from(one))?.subarray(12).toString('hex'));
    expect(new Set(read)).toEqual(new Set(['ab'.repeat(16)]));
    expect(sent.map((one) => receiver.rtp(Buffer.from(one)))).toEqual(sent.map(() => null));
    const report = Buffer.from('80c90001cafebabe0102030405060708', 'hex');
    const protectedReport = sender.rtcp(report);
    expect(receiver.rtcp(Buffer.from(protectedReport))).toEqual(report);
    expect(receiver.rtcp(protectedReport)).toBeNull();
  });

  it('that was altered, or made with another key, is nothing', () => {
    const sender = new SrtpSender(LONG, MASTER);
    const change = fc.record({ at: fc.nat(), bit: fc.nat(7), length: fc.option(fc.nat(60)) });
    fc.assert(
      fc.property(change, fc.boolean(), ({ at, bit, length }, report) => {
        const receiver = new SrtpReceiver(LONG, MASTER);
        const whole = report
          ? sender.rtcp(Buffer.from('80c90001cafebabe', 'hex'))
          : new SrtpSender(LONG, MASTER).rtp(packet(7));
        const datagram = whole.subarray(0, length ?? whole.length);
        if (datagram.length > 0) datagram[at % datagram.length]! ^= 1 << bit;
        expect(report ? receiver.rtcp(datagram) : receiver.rtp(datagram)).toBeNull();
      }),
      { numRuns: 2000 },
    );
    expect(new SrtpReceiver(LONG, Buffer.alloc(30).toString('base64')).rtp(packet(1))).toBeNull();
    expect(() => new SrtpSender(LONG, 'AAAA')).toThrow('30 bytes, not 3');
  });
});
