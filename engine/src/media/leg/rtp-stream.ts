import { ComfortNoise } from '../audio/comfort-noise.ts';
import { FRAME_SAMPLES, newFrame, type Frame } from '../audio/frame.ts';
import { encode, type Law } from '../audio/g711.ts';
import { isSilent } from '../audio/silence.ts';
import type { RtpStats } from '../protocol.ts';
import { JitterBuffer } from '../rtp/jitter-buffer.ts';
import { RTP_HEADER_BYTES, writeRtpHeader, type RtpPacket } from '../rtp/packet.ts';
import { Reports, type Sending } from '../rtp/rtcp.ts';
import {
  parseTelephoneEvent,
  TELEPHONE_EVENT_BYTES,
  writeTelephoneEvent,
} from '../rtp/telephone-event.ts';
import { KeyReceiver } from './key-receiver.ts';
import { KeyRelay } from './key-relay.ts';
import { KeySender, type KeyMoment } from './key-sender.ts';
import type { PressedKey } from './leg.ts';

/** Without a packet for so long the far end counts as quiet. */
const QUIET_AFTER_MS = 1000;
/** RFC 4733 §2.5.1.4: the end of a key is sent three times. */
const END_PACKETS = 3;
/** RFC 3550 §6.2: a report every five seconds or so (§6.3.1: half of it to one and a half) … */
const REPORT_FRAMES = 250;
/** … and the first one soon. */
const FIRST_REPORT_FRAME = 50;

/** What was agreed about a stream, and the way its packets go. */
export interface Line {
  /** Our source. */
  readonly ssrc: number;
  /** False: held. Nothing but reports goes out. */
  readonly sends: boolean;
  readonly law: Law;
  /** How `law` is called in what we send. */
  readonly payloadType: number;
  /** Null: keys go as audible tones. */
  readonly telephoneEvent: number | null;
  readonly comfortNoise: number | null;
  /** Of a packet that comes; null: no sound. */
  lawOf(payloadType: number): Law | null;
  /** The bytes may be used again afterwards. */
  send(datagram: Buffer): void;
  sendReport(datagram: Buffer): void;
}

export interface StreamListener {
  heard(): void;
  quiet(silentMs: number): void;
  resumed(): void;
  digit(digit: string): void;
}

/**
 * Sound over RTP, both ways: what every leg with packets has in common, whatever carries them.
 * Silence is sent as sound is, a packet every 20 ms: it keeps ways through NAT open, and nobody has
 * to guess whether we are still there.
 */
export class RtpStream {
  readonly spoken = newFrame();
  speaking = false;
  readonly #listener: StreamListener;
  readonly #jitter = new JitterBuffer();
  readonly #noise = new ComfortNoise();
  readonly #received: KeyReceiver;
  readonly #keys = new KeySender();
  readonly #relay = new KeyRelay();
  readonly #reports = new Reports();
  readonly #datagram = Buffer.alloc(RTP_HEADER_BYTES + FRAME_SAMPLES);
  readonly #keyDatagram = Buffer.alloc(RTP_HEADER_BYTES + TELEPHONE_EVENT_BYTES);
  /** In the lower half at first: a lost beginning must not look like a wrap (RFC 3711 §3.3.1). */
  #sequence = Math.floor(Math.random() * 0x8000);
  #timestamp = Math.floor(Math.random() * 0x100000000);
  #keyTimestamp = 0;
  /** Of the source that we are now. */
  #packets = 0;
  #payloadBytes = 0;
  #packetsReported = 0;
  /** The last tick had sound: the next packet is not the first of a talk. */
  #talking = false;
  #ticks = 0;
  #reportAt = FIRST_REPORT_FRAME;
  #ssrc: number | null = null;
  #packetsReceived = 0;
  #heardSound = false;
  /** When the last packet came, or the first one could come; null: none is expected. */
  #lastPacket: number | null = null;
  /** The same for packets and reports. */
  #lastSign: number | null = null;
  #quiet = false;

  constructor(listener: StreamListener) {
    this.#listener = listener;
    this.#received = new KeyReceiver((key) => listener.digit(key));
  }

  get pressed(): PressedKey | null {
    return this.#received.down;
  }

  get concealedFrames(): number {
    return this.#jitter.stats.concealedFrames;
  }

  /** How long nothing has come at all, no report either; 0 while nothing is expected. */
  get deadMs(): number {
    return this.#lastSign === null ? 0 : performance.now() - this.#lastSign;
  }

  get stats(): Omit<RtpStats, 'strangers' | 'unauthentic'> {
    const { lost, jitterMs, reported } = this.#reports;
    return {
      packetsSent: this.#packets,
      packetsReceived: this.#packetsReceived,
      lost,
      theirLost: reported?.lost ?? null,
      jitterMs,
      roundTripMs: reported?.roundTripMs ?? null,
      heardSound: this.#heardSound,
    };
  }

  /**
   * From now on packets should come, or should not: a held far end is not quiet. Who has just agreed
   * to that was alive.
   */
  expect(packets: boolean): void {
    const now = performance.now();
    this.#lastPacket = packets ? (this.#lastPacket ?? now) : null;
    this.#lastSign = packets ? now : null;
  }

  /** Fetches the next 20 ms into `spoken`. */
  listen(): void {
    this.speaking = this.#jitter.pull(this.spoken);
    if (!this.speaking && this.#jitter.paused) {
      this.#noise.fill(this.spoken);
      this.speaking = true;
    }
    if (this.#received.sound(this.spoken)) this.speaking = true;
    this.#heardSound ||= this.speaking && !isSilent(this.spoken);
    // Who says that it is silent need not send packets (RFC 3389 §4).
    if (this.#lastPacket === null || this.#quiet || this.#jitter.paused) return;
    const silentMs = performance.now() - this.#lastPacket;
    if (silentMs < QUIET_AFTER_MS) return;
    this.#quiet = true;
    this.#listener.quiet(Math.round(silentMs));
  }

  /**
   * Sends 20 ms; null is silence. Keys that are to be pressed go before it; so does `pressed`, which
   * sounds in it, where keys go as events: a tone beside its event would count twice.
   */
  hear(line: Line, frame: Frame | null, pressed: PressedKey | null): void {
    const told = line.telephoneEvent === null ? null : pressed;
    const moment = this.#keys.next() ?? this.#relay.next(told);
    if (!line.sends) this.#talking = false;
    else if (moment?.kind !== 'down') this.#sendSound(line, frame);
    else if (line.telephoneEvent === null) this.#sendSound(line, this.#keys.sound(moment));
    else this.#sendKey(line, line.telephoneEvent, moment);
    this.#timestamp = (this.#timestamp + FRAME_SAMPLES) >>> 0;
    if (++this.#ticks >= this.#reportAt) this.#report(line);
  }

  /** Resolves when all are pressed, or never will be. */
  sendDigits(digits: string): Promise<void> {
    return this.#keys.press(digits);
  }

  /** A packet of the far end's. */
  receive(line: Line, packet: RtpPacket): void {
    if (packet.ssrc !== this.#ssrc) {
      if (this.#ssrc === null) this.#listener.heard();
      this.#ssrc = packet.ssrc;
      this.#received.reset();
    }
    const now = performance.now();
    this.#packetsReceived++;
    if (this.#lastPacket !== null) this.#lastPacket = now;
    if (this.#lastSign !== null) this.#lastSign = now;
    this.#reports.packet(packet, now);
    if (this.#quiet) {
      this.#quiet = false;
      this.#listener.resumed();
    }
    const law = line.lawOf(packet.payloadType);
    if (law !== null) {
      this.#jitter.push(law, packet);
    } else if (packet.payloadType === line.telephoneEvent) {
      const event = parseTelephoneEvent(packet.payload);
      if (event !== null) this.#received.receive(packet.timestamp, event);
    } else if (packet.payloadType === line.comfortNoise) {
      this.#noise.receive(packet.payload);
      this.#jitter.pause();
    }
  }

  /** A report of the far end's. */
  receiveReport(line: Line, datagram: Uint8Array): void {
    const now = performance.now();
    if (this.#lastSign !== null) this.#lastSign = now;
    this.#reports.receive(datagram, line.ssrc, now);
  }

  /** Another source of ours begins: what was counted was the old one's. */
  restart(): void {
    this.#packets = 0;
    this.#payloadBytes = 0;
    this.#packetsReported = 0;
    this.#talking = false;
  }

  /** Says that we are gone. */
  sayGoodbye(line: Line): void {
    line.sendReport(this.#reports.bye(this.#sending(line), performance.now()));
  }

  close(): void {
    this.#keys.clear();
  }

  #sendSound(line: Line, frame: Frame | null): void {
    const datagram = this.#datagram;
    // RFC 3551 §4.1: the marker says that sound begins.
    this.#writeHeader(line, datagram, line.payloadType, !this.#talking, this.#timestamp);
    this.#talking = true;
    if (frame === null) datagram.fill(line.law.silence, RTP_HEADER_BYTES);
    else encode(line.law, frame, datagram, RTP_HEADER_BYTES);
    line.send(datagram);
  }

  #sendKey(line: Line, payloadType: number, moment: KeyMoment & { kind: 'down' }): void {
    if (moment.first) this.#keyTimestamp = this.#timestamp;
    const { key, duration, last, first } = moment;
    for (let copy = 0; copy < (last ? END_PACKETS : 1); copy++) {
      this.#writeHeader(line, this.#keyDatagram, payloadType, first, this.#keyTimestamp);
      writeTelephoneEvent({ key, end: last, duration }, this.#keyDatagram, RTP_HEADER_BYTES);
      line.send(this.#keyDatagram);
    }
  }

  #writeHeader(
    { ssrc }: Line,
    datagram: Buffer,
    payloadType: number,
    marker: boolean,
    timestamp: number,
  ): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#packets++;
    this.#payloadBytes += datagram.length - RTP_HEADER_BYTES;
    writeRtpHeader({ payloadType, marker, sequence: this.#sequence, timestamp, ssrc }, datagram);
  }

  #report(line: Line): void {
    this.#reportAt = this.#ticks + Math.round(REPORT_FRAMES * (0.5 + Math.random()));
    line.sendReport(this.#reports.write(this.#sending(line), performance.now()));
    this.#packetsReported = this.#packets;
  }

  #sending({ ssrc }: Line): Sending {
    return {
      ssrc,
      timestamp: this.#timestamp,
      packets: this.#packets,
      payloadBytes: this.#payloadBytes,
      resting: this.#packets === this.#packetsReported,
    };
  }
}
