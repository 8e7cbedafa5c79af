import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRtcp, parseRtp, RTP_HEADER_BYTES, writeRtpHeader } from './packet.ts';
import {
  parseTelephoneEvent,
  TELEPHONE_EVENT_BYTES,
  writeTelephoneEvent,
} from './telephone-event.ts';

describe('RTP', () => {
  it('is read as it was written', () => {
    const header = fc.record({
      payloadType: fc.nat(127),
      marker: fc.boolean(),
      sequence: fc.nat(0xffff),
      timestamp: fc.nat(0xffffffff),
      ssrc: fc.nat(0xffffffff),
    });
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 200 }), (fields, payload) => {
        const datagram = Buffer.concat([Buffer.alloc(RTP_HEADER_BYTES), payload]);
        writeRtpHeader(fields, datagram);
        const packet = parseRtp(datagram);
        expect({ ...packet, payload: [...packet!.payload] }).toEqual({
          ...fields,
          payload: [...payload],
        });
      }),
    );
  });

  it('may have contributing sources, an extension and padding (RFC 3550 §5.1, §5.3.1)', () => {
    const datagram = Buffer.from(
      'b1800001' +
        '00000002' +
        '00000003' +
        '0000000a' +
        'bede0001' +
        '10ff0000' +
        'aabb' +
        '000003',
      'hex',
    );
    expect(parseRtp(datagram)).toMatchObject({ payloadType: 0, marker: true, sequence: 1 });
    expect([...parseRtp(datagram)!.payload]).toEqual([0xaa, 0xbb]);
  });

  it('of any bytes is a packet or null', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const packet = parseRtp(bytes);
        if (packet !== null) expect(packet.payload.length).toBeLessThanOrEqual(bytes.length - 12);
      }),
      { numRuns: 2000 },
    );
  });

  it('is told from RTCP (RFC 5761 §4)', () => {
    expect(isRtcp(Buffer.from([0x80, 200]))).toBe(true);
    expect(isRtcp(Buffer.from([0x80, 0]))).toBe(false);
    expect(isRtcp(Buffer.from([0x80, 0x80 | 101]))).toBe(false);
    expect(isRtcp(Buffer.alloc(0))).toBe(false);
  });
});

describe('a telephone event', () => {
  it('is read as it was written', () => {
    for (const [code, key] of [...'0123456789*#ABCD'].entries()) {
      const bytes = Buffer.alloc(TELEPHONE_EVENT_BYTES);
      writeTelephoneEvent({ key, end: code % 2 === 0, duration: 1600 + code }, bytes, 0);
      expect(bytes[0]).toBe(code);
      expect(parseTelephoneEvent(bytes)).toEqual({
        key,
        end: code % 2 === 0,
        duration: 1600 + code,
      });
    }
  });

  it('that is no key is nothing', () => {
    expect(parseTelephoneEvent(Buffer.from([16, 0, 0, 0]))).toBeNull();
    expect(parseTelephoneEvent(Buffer.from([1, 0, 0]))).toBeNull();
  });
});
