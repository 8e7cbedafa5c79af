import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reports } from './rtcp.ts';

const SENDING = { ssrc: 0x01020304, timestamp: 160, packets: 3, payloadBytes: 480 };

/** The block about the other side's stream, in a datagram of ours. */
function block(report: Buffer): object {
  return {
    ssrc: report.readUInt32BE(28),
    fractionLost: report[32],
    lost: report.readUIntBE(33, 3),
    highest: report.readUInt32BE(36),
    jitter: report.readUInt32BE(40),
    lastReport: report.readUInt32BE(44),
    delay: report.readUInt32BE(48),
  };
}

describe('a report', () => {
  it('says what we sent, when, and who we are', () => {
    const report = new Reports().write(SENDING, 0, 500);
    expect(report.toString('hex')).toBe(
      '80c80006' +
        '01020304' +
        '83aa7e80' +
        '80000000' +
        '000000a0' +
        '00000003' +
        '000001e0' +
        '81ca0004' +
        '01020304' +
        '01076f6666686f6f6b000000',
    );
  });

  it('says what was lost since the last one and in all, over a wrap of the numbers', () => {
    const reports = new Reports();
    for (const n of [65534, 65535, 1, 2]) {
      reports.packet({ ssrc: 9, sequence: n, timestamp: n * 160 }, n * 20);
    }
    expect(block(reports.write(SENDING, 0))).toMatchObject({
      ssrc: 9,
      fractionLost: Math.floor(256 / 5),
      lost: 1,
      highest: 65538,
    });
    reports.packet({ ssrc: 9, sequence: 3, timestamp: 480 }, 60);
    expect(block(reports.write(SENDING, 0))).toMatchObject({ fractionLost: 0, lost: 1 });
  });

  it('gives the other side its time back, so that it knows the way there and back', () => {
    const reports = new Reports();
    const theirs = new Reports().write({ ...SENDING, ssrc: 9 }, 0, 1000);
    reports.packet({ ssrc: 9, sequence: 1, timestamp: 0 }, 0);
    reports.receive(theirs, SENDING.ssrc, 5000);
    expect(block(reports.write(SENDING, 5500))).toMatchObject({
      lastReport: theirs.readUInt32BE(10),
      delay: 32768,
    });
  });

  it('knows how uneven packets come', () => {
    const even = new Reports();
    const uneven = new Reports();
    for (let n = 0; n < 200; n++) {
      const packet = { ssrc: 9, sequence: n, timestamp: n * 160 };
      even.packet(packet, n * 20);
      uneven.packet(packet, n * 20 + (n % 2) * 10);
    }
    expect(block(even.write(SENDING, 0))).toMatchObject({ jitter: 0 });
    expect(block(uneven.write(SENDING, 0))).toMatchObject({ jitter: 79 });
  });

  it("of one who sends nothing has no sender's part, and the last one says goodbye", () => {
    const reports = new Reports();
    reports.packet({ ssrc: 9, sequence: 1, timestamp: 0 }, 0);
    const resting = { ...SENDING, resting: true };
    expect(reports.write(resting, 0).subarray(0, 12).toString('hex')).toBe(
      '81c90007' + '01020304' + '00000009',
    );
    expect(reports.bye(resting, 0).subarray(-8).toString('hex')).toBe('81cb0001' + '01020304');
  });

  it('is understood: what was lost of ours, and the way there and back', () => {
    const ours = new Reports();
    const theirs = new Reports();
    expect(ours.reported).toBeNull();
    for (const sequence of [1, 2, 5]) {
      theirs.packet({ ssrc: SENDING.ssrc, sequence, timestamp: sequence * 160 }, sequence * 20);
    }
    expect(theirs.lost).toBe(2);
    theirs.receive(ours.write(SENDING, 0, 10_000), 9, 500);
    // 200 ms there, 300 ms at rest, 250 ms back.
    for (const resting of [false, true]) {
      const report = theirs.write({ ...SENDING, ssrc: 9, resting }, 800);
      ours.receive(Buffer.concat([report, Buffer.from([1, 2, 3])]), SENDING.ssrc, 0, 10_750);
      expect(ours.reported?.lost).toBe(2);
      expect(ours.reported?.roundTripMs).toBeCloseTo(450, 0);
    }
    const before = ours.reported;
    ours.receive(theirs.write({ ...SENDING, ssrc: 9 }, 800), 0x99, 0);
    expect(ours.reported).toBe(before);
  });

  it('survives any datagram', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const reports = new Reports();
        reports.receive(bytes, SENDING.ssrc, 0);
        reports.write(SENDING, 1);
      }),
    );
  });
});
