import { SAMPLE_RATE } from '../audio/frame.ts';
import { readUint16, readUint32, writeUint32 } from './packet.ts';

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const BYE = 203;
const BLOCK_BYTES = 24;
/** Seconds from 1900, where NTP begins, to 1970. */
const NTP_EPOCH = 2_208_988_800;

/** What our reports say of the stream that we send. */
export interface Sending {
  ssrc: number;
  /** RTP timestamp of now. */
  timestamp: number;
  packets: number;
  payloadBytes: number;
  /** Nothing was sent since the last report: it is a receiver's (RFC 3550 §6.4). */
  resting?: boolean;
}

/** What the other side's reports say of our stream. */
export interface Reported {
  /** Packets of ours that did not arrive, less those that arrived twice. */
  lost: number;
  /** Null: its report does not answer one of ours. */
  roundTripMs: number | null;
}

/**
 * What both sides tell each other about the sound they send and get (RFC 3550 §6.4): we say how
 * the other side's packets arrive, so that it can show the quality of the line and measure the way
 * there and back; and it says how ours arrive.
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
  /** The middle of the other side's last NTP time, and when it came. */
  #lastReport = 0;
  #lastReportAt = 0;
  #reported: Reported | null = null;

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

  /** Lost on the way to us, of the stream that comes now. */
  get lost(): number {
    return Math.max(0, this.#expected - this.#received);
  }

  get jitterMs(): number {
    return (this.#jitter * 1000) / SAMPLE_RATE;
  }

  /** Null: no report about our stream came yet. */
  get reported(): Reported | null {
    return this.#reported;
  }

  /** An RTCP datagram came, of one packet or more. `ours` is our source. Never throws. */
  receive(datagram: Uint8Array, ours: number, now: number, wallClock = Date.now()): void {
    for (let at = 0; at + 8 <= datagram.length;) {
      const end = at + 4 + 4 * readUint16(datagram, at + 2);
      // RFC 3550 appendix A.2: a length that does not fit spoils all that follows.
      if (end > datagram.length || datagram[at]! >> 6 !== 2) return;
      this.#read(datagram.subarray(at, end), ours, now, wallClock);
      at = end;
    }
  }

  /** A report with our name behind it, as one datagram (RFC 3550 §6.1). */
  write(sending: Sending, now: number, wallClock = Date.now()): Buffer {
    return Buffer.concat([this.#report(sending, now, wallClock), describe(sending.ssrc)]);
  }

  /** Our last report: we are gone (RFC 3550 §6.6). */
  bye(sending: Sending, now: number): Buffer {
    const goodbye = Buffer.alloc(8);
    writePacketHeader(goodbye, 1, BYE);
    writeUint32(sending.ssrc, goodbye, 4);
    return Buffer.concat([this.write(sending, now), goodbye]);
  }

  #report(sending: Sending, now: number, wallClock: number): Buffer {
    const blocks = this.#ssrc === null ? 0 : 1;
    const resting = sending.resting === true;
    const head = resting ? 8 : 28;
    const report = Buffer.alloc(head + BLOCK_BYTES * blocks);
    writePacketHeader(report, blocks, resting ? RECEIVER_REPORT : SENDER_REPORT);
    writeUint32(sending.ssrc, report, 4);
    if (!resting) {
      const { seconds, fraction } = ntpTime(wallClock);
      writeUint32(seconds, report, 8);
      writeUint32(fraction, report, 12);
      writeUint32(sending.timestamp, report, 16);
      writeUint32(sending.packets, report, 20);
      writeUint32(sending.payloadBytes, report, 24);
    }
    if (this.#ssrc !== null) this.#writeBlock(this.#ssrc, report.subarray(head), now);
    return report;
  }

  /** One packet out of a compound. */
  #read(packet: Uint8Array, ours: number, now: number, wallClock: number): void {
    const type = packet[1];
    if (type !== SENDER_REPORT && type !== RECEIVER_REPORT) return;
    const head = type === SENDER_REPORT ? 28 : 8;
    if (packet.length < head) return;
    if (type === SENDER_REPORT) {
      this.#lastReport = ((readUint16(packet, 10) << 16) | readUint16(packet, 12)) >>> 0;
      this.#lastReportAt = now;
    }
    const count = packet[0]! & 0x1f;
    for (let i = 0, at = head; i < count && at + BLOCK_BYTES <= packet.length; i++) {
      if (readUint32(packet, at) === ours) this.#readBlock(packet.subarray(at), wallClock);
      at += BLOCK_BYTES;
    }
  }

  /** RFC 3550 §6.4.1: round trip is A − LSR − DLSR, in 1/65,536 s. */
  #readBlock(block: Uint8Array, wallClock: number): void {
    // 24 bits with a sign.
    const lost = (readUint32(block, 4) << 8) >> 8;
    const lastOfOurs = readUint32(block, 16);
    const { seconds, fraction } = ntpTime(wallClock);
    const arrival = ((seconds << 16) | (fraction >>> 16)) >>> 0;
    const roundTrip = (arrival - lastOfOurs - readUint32(block, 20)) | 0;
    // Clocks are set, and senders err: below nothing is nothing.
    const roundTripMs = lastOfOurs === 0 ? null : (Math.max(0, roundTrip) * 1000) / 65_536;
    this.#reported = { lost, roundTripMs };
  }

  get #expected(): number {
    return this.#ssrc === null ? 0 : this.#highest - this.#firstSequence + 1;
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
    const expected = this.#expected;
    const expectedNow = expected - this.#expectedBefore;
    const lostNow = expectedNow - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    writeUint32(ssrc, block, 0);
    writeUint32(Math.min(this.lost, 0x7fffff), block, 4);
    block[4] = expectedNow <= 0 || lostNow <= 0 ? 0 : Math.min(255, (lostNow * 256) / expectedNow);
    writeUint32(this.#highest, block, 8);
    writeUint32(Math.floor(this.#jitter), block, 12);
    writeUint32(this.#lastReport, block, 16);
    const delay = this.#lastReport === 0 ? 0 : ((now - this.#lastReportAt) * 65536) / 1000;
    writeUint32(Math.floor(delay), block, 20);
  }
}

function ntpTime(wallClock: number): { seconds: number; fraction: number } {
  const seconds = wallClock / 1000 + NTP_EPOCH;
  return { seconds: Math.floor(seconds), fraction: Math.floor((seconds % 1) * 2 ** 32) };
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
