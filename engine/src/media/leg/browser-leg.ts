import { FRAME_SAMPLES, newFrame, type Frame } from '../audio/frame.ts';
import { encode } from '../audio/g711.ts';
import { MediaFailure } from '../failure.ts';
import { JitterBuffer } from '../rtp/jitter-buffer.ts';
import { isRtcp, parseRtp, RTP_HEADER_BYTES, writeRtpHeader } from '../rtp/packet.ts';
import { Reports } from '../rtp/rtcp.ts';
import {
  parseTelephoneEvent,
  TELEPHONE_EVENT_BYTES,
  writeTelephoneEvent,
} from '../rtp/telephone-event.ts';
import { KeyReceiver } from './key-receiver.ts';
import { KeySender, type KeyMoment } from './key-sender.ts';
import type { Leg, Player } from './leg.ts';
import { Peer, type PeerNetwork } from './peer.ts';
import { readAudio, SdpError, type AudioSection } from './sdp.ts';

/** Without a packet for so long the far end counts as quiet. */
const QUIET_AFTER_MS = 1000;
/** About one set-up in 600 fails inside the library; a second attempt works. */
const ATTEMPTS = 3;
/** RFC 4733 §2.5.1.4: the end of a key is sent three times. */
const END_PACKETS = 3;
/** RFC 3550 §6.2: a report about every five seconds; the first one soon. */
const REPORT_FRAMES = 250;
const FIRST_REPORT_FRAME = 50;

export interface BrowserLegListener {
  connected(): void;
  heard(): void;
  quiet(silentMs: number): void;
  resumed(): void;
  lost(why: string): void;
  digit(digit: string): void;
  problem(error: unknown, what: string): void;
}

/** A browser on the line. */
export class BrowserLeg implements Leg {
  readonly id: string;
  readonly spoken = newFrame();
  speaking = false;
  readonly player: Player;
  readonly jitter = new JitterBuffer();
  readonly #network: PeerNetwork;
  readonly #listener: BrowserLegListener;
  readonly #received: KeyReceiver;
  readonly #keys = new KeySender();
  readonly #reports = new Reports();
  readonly #datagram = Buffer.alloc(RTP_HEADER_BYTES + FRAME_SAMPLES);
  readonly #keyDatagram = Buffer.alloc(RTP_HEADER_BYTES + TELEPHONE_EVENT_BYTES);
  #peer: Peer | null = null;
  /** Takes over from #peer when it is connected. */
  #next: Peer | null = null;
  /** Our answer to the newest offer, for the same offer again. */
  #answer = '';
  #sequence = Math.floor(Math.random() * 0x10000);
  #timestamp = Math.floor(Math.random() * 0x100000000);
  #keyTimestamp = 0;
  /** Sound packets since the connection was made, and ticks. */
  #sent = 0;
  #ticks = 0;
  #ssrc: number | null = null;
  /** When the last packet came, or the connection was made; null before that. */
  #lastPacket: number | null = null;
  #quiet = false;
  #closed = false;

  constructor(id: string, network: PeerNetwork, player: Player, listener: BrowserLegListener) {
    this.id = id;
    this.#network = network;
    this.player = player;
    this.#listener = listener;
    this.#received = new KeyReceiver((key) => listener.digit(key));
  }

  /**
   * Answers the browser's offer: the first, an ICE restart, or that of a browser that came back.
   * The same offer again gets the same answer. Sound changes over when the new connection is up.
   * @throws MediaFailure sdp_refused, transport_failed
   */
  async acceptOffer(sdp: string): Promise<string> {
    const offer = readOrRefuse(sdp);
    const newest = this.#next ?? this.#peer;
    if (newest?.remoteUfrag === offer.ufrag && this.#answer !== '') return this.#answer;
    const { peer, description } = await this.#attempt((one) => one.answer(offer));
    this.#adopt(peer);
    this.#answer = description;
    return description;
  }

  /** @throws MediaFailure transport_failed */
  async makeOffer(): Promise<string> {
    const { peer, description } = await this.#attempt(async (one) => one.offer());
    this.#adopt(peer);
    return description;
  }

  /** @throws MediaFailure sdp_refused, transport_failed */
  async acceptAnswer(sdp: string): Promise<void> {
    const answer = readOrRefuse(sdp);
    const peer = this.#next ?? this.#peer;
    if (peer === null) throw new MediaFailure('transport_failed', 'no offer to be answered');
    if (peer.remoteUfrag === answer.ufrag) return;
    try {
      await peer.accept(answer);
    } catch (error) {
      throw new MediaFailure('transport_failed', messageOf(error), { cause: error });
    }
  }

  listen(): void {
    this.speaking = this.jitter.pull(this.spoken);
    if (this.#received.sound(this.spoken)) this.speaking = true;
    if (this.#lastPacket === null || this.#quiet) return;
    const silentMs = performance.now() - this.#lastPacket;
    if (silentMs < QUIET_AFTER_MS) return;
    this.#quiet = true;
    this.#listener.quiet(Math.round(silentMs));
  }

  hear(frame: Frame | null): void {
    const peer = this.#peer;
    if (peer?.connected !== true) return;
    const moment = this.#keys.next();
    if (moment?.kind === 'down') {
      if (peer.telephoneEvent === null) this.#sendSound(peer, this.#keys.sound(moment));
      else this.#sendKey(peer, peer.telephoneEvent, moment);
    } else {
      this.#sendSound(peer, frame);
    }
    this.#timestamp = (this.#timestamp + FRAME_SAMPLES) >>> 0;
    if (++this.#ticks % REPORT_FRAMES === FIRST_REPORT_FRAME) this.#report(peer);
  }

  sendDigits(digits: string): Promise<void> {
    return this.#keys.press(digits);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.player.stop();
    this.#keys.clear();
    this.#peer?.close();
    this.#next?.close();
    this.#peer = null;
    this.#next = null;
  }

  async #attempt(
    describe: (peer: Peer) => Promise<string>,
  ): Promise<{ peer: Peer; description: string }> {
    for (let attempt = 1; ; attempt++) {
      const peer = this.#newPeer();
      try {
        const description = await describe(peer);
        if (!this.#closed) return { peer, description };
        peer.close();
        throw new MediaFailure('leg_unknown', 'closed while its connection was made');
      } catch (error) {
        peer.close();
        if (error instanceof MediaFailure) throw error;
        this.#listener.problem(error, `set-up failed, attempt ${attempt}`);
        if (attempt === ATTEMPTS) {
          throw new MediaFailure('transport_failed', messageOf(error), { cause: error });
        }
      }
    }
  }

  #newPeer(): Peer {
    const peer: Peer = new Peer(this.id, this.#network, {
      connected: () => this.#connected(peer),
      lost: (why) => this.#lost(peer, why),
      datagram: (bytes) => this.#receive(peer, bytes),
    });
    return peer;
  }

  #adopt(peer: Peer): void {
    this.#next?.close();
    this.#next = null;
    if (this.#peer === null) this.#peer = peer;
    else this.#next = peer;
    // It may have been connected before we got here; the first packet does not wait for us.
    if (peer.connected) this.#connected(peer);
  }

  #connected(peer: Peer): void {
    if (peer === this.#next) {
      this.#peer?.close();
      this.#peer = peer;
      this.#next = null;
      this.#sent = 0;
    }
    if (peer !== this.#peer) return;
    this.#lastPacket ??= performance.now();
    this.#listener.connected();
  }

  #lost(peer: Peer, why: string): void {
    peer.close();
    if (peer === this.#next) this.#next = null;
    // An old connection may well die while its successor is being made.
    else if (peer !== this.#peer || this.#next !== null) return;
    if (this.#peer?.connected !== true) this.#listener.lost(why);
  }

  #receive(peer: Peer, bytes: Buffer): void {
    if (isRtcp(bytes)) {
      this.#reports.receive(bytes, performance.now());
      return;
    }
    const packet = parseRtp(bytes);
    if (packet === null) return;
    if (packet.ssrc !== this.#ssrc) {
      if (this.#ssrc === null) this.#listener.heard();
      this.#ssrc = packet.ssrc;
      this.#received.reset();
    }
    this.#lastPacket = performance.now();
    this.#reports.packet(packet, this.#lastPacket);
    if (this.#quiet) {
      this.#quiet = false;
      this.#listener.resumed();
    }
    if (packet.payloadType === peer.law.payloadType) {
      this.jitter.push(peer.law, packet);
    } else if (packet.payloadType === peer.telephoneEvent) {
      const event = parseTelephoneEvent(packet.payload);
      if (event !== null) this.#received.receive(packet.timestamp, event);
    }
  }

  #sendSound(peer: Peer, frame: Frame | null): void {
    const datagram = this.#datagram;
    this.#header(peer, datagram, peer.law.payloadType, this.#sent === 0, this.#timestamp);
    this.#sent++;
    if (frame === null) datagram.fill(peer.law.silence, RTP_HEADER_BYTES);
    else encode(peer.law, frame, datagram, RTP_HEADER_BYTES);
    peer.send(datagram);
  }

  #report(peer: Peer): void {
    const packets = this.#sent;
    const payloadBytes = packets * FRAME_SAMPLES;
    const sending = { ssrc: peer.ssrc, timestamp: this.#timestamp, packets, payloadBytes };
    peer.send(this.#reports.write(sending, performance.now()));
  }

  #sendKey(peer: Peer, payloadType: number, moment: KeyMoment & { kind: 'down' }): void {
    if (moment.first) this.#keyTimestamp = this.#timestamp;
    const { key, duration, last, first } = moment;
    for (let copy = 0; copy < (last ? END_PACKETS : 1); copy++) {
      this.#header(peer, this.#keyDatagram, payloadType, first, this.#keyTimestamp);
      writeTelephoneEvent({ key, end: last, duration }, this.#keyDatagram, RTP_HEADER_BYTES);
      peer.send(this.#keyDatagram);
    }
  }

  #header(
    peer: Peer,
    datagram: Buffer,
    payloadType: number,
    marker: boolean,
    timestamp: number,
  ): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    writeRtpHeader(
      { payloadType, marker, sequence: this.#sequence, timestamp, ssrc: peer.ssrc },
      datagram,
    );
  }
}

function readOrRefuse(sdp: string): AudioSection {
  try {
    return readAudio(sdp);
  } catch (error) {
    if (error instanceof SdpError) throw new MediaFailure('sdp_refused', error.message);
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
