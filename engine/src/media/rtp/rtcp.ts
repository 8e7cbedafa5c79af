import { SAMPLE_RATE } from '../audio/frame.ts';
import { readUint16, writeUint32 } from './packet.ts';

const SENDER_REPORT = 200;
const SOURCE_DESCRIPTION = 202;
/** Seconds from 1900, where NTP begins, to 1970. */
const NTP_EPOCH = 2_208_988_800;

/** What our reports say of the stream that we send. */
export interface Sending {
  ssrc: number;
  /** RTP timestamp of now. */
  timestamp: number;
  packets: number;
  payloadBytes: number;
}

/**
 * What both sides tell each other about the sound they send and get (RFC 3550 §6.4): we say how
 * the browser's packets arrive, so that it can show the quality of the line and measure the way
 * there and back.
 */
export class Reports {
  #ssrc: number | null = null;
  #firstSequence = 0;
  /** Highest sequence number, with the count of its wraps above 16 bits. */
  #highest = 0;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  /** Interarrival jitter in samples (RFC 3550 appendix A.8). */
  #jitter = 0;
  #transit: number | null = null;
  /** The middle of the browser's last NTP time, and when it came. */
  #lastReport = 0;
  #lastReportAt = 0;

  /** A packet of sound came; `now` in ms, of any steady clock. */
  packet(packet: { ssrc: number; sequence: number; timestamp: number }, now: number): void {
    if (packet.ssrc !== this.#ssrc) this.#restart(packet.ssrc, packet.sequence);
    const ahead = (packet.sequence - this.#highest) & 0xffff;
    if (ahead < 0x8000) this.#highest += ahead;
    this.#received++;
    const transit = (now * SAMPLE_RATE) / 1000 - packet.timestamp;
    if (this.#transit !== null) {
      const difference = Math.abs((transit - this.#transit) % 2 ** 32);
      // A new timeline is no jitter.
      if (difference < SAMPLE_RATE) this.#jitter += (difference - this.#jitter) / 16;
    }
    this.#transit = transit;
  }

  /** An RTCP datagram came. Never throws. */
  receive(datagram: Uint8Array, now: number): void {
    if (datagram.length < 28 || datagram[1] !== SENDER_REPORT) return;
    this.#lastReport = ((readUint16(datagram, 10) << 16) | readUint16(datagram, 12)) >>> 0;
    this.#lastReportAt = now;
  }

  /** A sender report with our name behind it, as one datagram (RFC 3550 §6.1). */
  write(sending: Sending, now: number, wallClock = Date.now()): Buffer {
    const blocks = this.#ssrc === null ? 0 : 1;
    const report = Buffer.alloc(28 + 24 * blocks);
    writePacketHeader(report, blocks, SENDER_REPORT);
    writeUint32(sending.ssrc, report, 4);
    const seconds = wallClock / 1000 + NTP_EPOCH;
    writeUint32(Math.floor(seconds), report, 8);
    writeUint32(Math.floor((seconds % 1) * 2 ** 32), report, 12);
    writeUint32(sending.timestamp, report, 16);
    writeUint32(sending.packets, report, 20);
    writeUint32(sending.payloadBytes, report, 24);
    if (this.#ssrc !== null) this.#writeBlock(this.#ssrc, report.subarray(28), now);
    return Buffer.concat([report, describe(sending.ssrc)]);
  }

  #restart(ssrc: number, sequence: number): void {
    this.#ssrc = ssrc;
    this.#firstSequence = sequence;
    this.#highest = sequence;
    this.#received = 0;
    this.#expectedBefore = 0;
    this.#receivedBefore = 0;
    this.#jitter = 0;
    this.#transit = null;
    this.#lastReport = 0;
  }

  #writeBlock(ssrc: number, block: Buffer, now: number): void {
    const expected = this.#highest - this.#firstSequence + 1;
    const lost = Math.max(0, expected - this.#received);
    const expectedNow = expected - this.#expectedBefore;
    const lostNow = expectedNow - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    writeUint32(ssrc, block, 0);
    writeUint32(Math.min(lost, 0x7fffff), block, 4);
    block[4] = expectedNow <= 0 || lostNow <= 0 ? 0 : Math.min(255, (lostNow * 256) / expectedNow);
    writeUint32(this.#highest, block, 8);
    writeUint32(Math.floor(this.#jitter), block, 12);
    writeUint32(this.#lastReport, block, 16);
    const delay = this.#lastReport === 0 ? 0 : ((now - this.#lastReportAt) * 65536) / 1000;
    writeUint32(Math.floor(delay), block, 20);
  }
}

function describe(ssrc: number): Buffer {
  // One chunk: source, CNAME (type 1), and at least one zero, padded to whole words.
  const name = Buffer.from('offhook');
  const packet = Buffer.alloc(8 + 4 * Math.ceil((2 + name.length + 1) / 4));
  writePacketHeader(packet, 1, SOURCE_DESCRIPTION);
  writeUint32(ssrc, packet, 4);
  packet[8] = 1;
  packet[9] = name.length;
  name.copy(packet, 10);
  return packet;
}

function writePacketHeader(packet: Buffer, count: number, type: number): void {
  packet[0] = 0x80 | count;
  packet[1] = type;
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
}
