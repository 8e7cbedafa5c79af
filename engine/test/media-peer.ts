import datachannel, { type Audio, type PeerConnection, type Track } from 'node-datachannel';
import { encode, muLaw } from '../src/media/audio/g711.ts';
import { Tone } from '../src/media/audio/tones.ts';
import { Clock } from '../src/media/clock.ts';
import { isRtcp, parseRtp, writeRtpHeader, type RtpPacket } from '../src/media/rtp/packet.ts';

const TELEPHONE_EVENT = 101;

/** The browser's side of a leg, as small as it can be: it sends a tone and keeps what it hears. */
export class MediaPeer {
  readonly heard: RtpPacket[] = [];
  readonly #connection: PeerConnection;
  #track: Track | null = null;
  #clock: Clock | null = null;
  #sequence = 0;
  #timestamp = 1000;
  #tone: Tone | null = null;

  constructor(name: string) {
    this.#connection = new datachannel.PeerConnection(name, {
      iceServers: [],
      disableAutoNegotiation: true,
    });
  }

  /** An offer without candidates, as the Voice SDK makes it. */
  async offer(codecs: { pcmu?: boolean; keys?: boolean } = {}): Promise<string> {
    const audio = new datachannel.Audio('0', 'SendRecv');
    audio.addAudioCodec(111, 'opus/48000/2', 'minptime=10;useinbandfec=1');
    if (codecs.pcmu !== false) audio.addAudioCodec(0, 'PCMU');
    if (codecs.keys !== false) audio.addAudioCodec(TELEPHONE_EVENT, 'telephone-event/8000');
    this.#begin(audio);
    const gathered = this.#gathered();
    this.#connection.setLocalDescription('offer');
    await gathered;
    return withoutCandidates(this.#connection.localDescription()?.sdp ?? '');
  }

  accept(answer: string): void {
    this.#connection.setRemoteDescription(answer, 'answer');
  }

  /** Answers an offer of the engine. */
  async answer(offer: string): Promise<string> {
    const audio = new datachannel.Audio('0', 'SendRecv');
    audio.addAudioCodec(0, 'PCMU');
    audio.addAudioCodec(TELEPHONE_EVENT, 'telephone-event/8000');
    this.#begin(audio);
    const gathered = this.#gathered();
    this.#connection.setRemoteDescription(offer, 'offer');
    this.#connection.setLocalDescription('answer');
    await gathered;
    return withoutCandidates(this.#connection.localDescription()?.sdp ?? '');
  }

  /** From now on it says this; null is silence. */
  say(hz: number | null): void {
    this.#tone = hz === null ? null : new Tone([hz], 8000);
  }

  /** Stops sending, without a word: a killed browser. */
  fallSilent(): void {
    this.#clock?.stop();
    this.#clock = null;
  }

  /** One RFC 4733 packet; `timestamp` is the key's. */
  sendKeyPacket(payload: number[], timestamp: number, marker = false): void {
    this.#send(TELEPHONE_EVENT, Buffer.from(payload), timestamp, marker);
  }

  get timestamp(): number {
    return this.#timestamp;
  }

  /** What it heard in the last `ms`, decoded, in order of arrival. */
  lastHeard(ms: number): Int16Array {
    const packets = this.heard.filter((one) => one.payloadType === 0).slice(-(ms / 20));
    return Int16Array.from(
      packets.flatMap((one) => [...one.payload].map((byte) => muLaw.decodeTable[byte] ?? 0)),
    );
  }

  close(): void {
    this.fallSilent();
    this.#connection.close();
  }

  #begin(audio: Audio): void {
    audio.addSSRC(1 + Math.floor(Math.random() * 1e9), 'peer', 'peer', 'audio');
    this.#track = this.#connection.addTrack(audio);
    this.#track.onMessage((bytes) => {
      const packet = isRtcp(bytes) ? null : parseRtp(bytes);
      if (packet !== null) this.heard.push(packet);
    });
    this.#track.onOpen(() => {
      const frame = new Int16Array(160);
      const payload = Buffer.alloc(160);
      this.#clock = new Clock(() => {
        frame.fill(0);
        this.#tone?.fill(frame);
        encode(muLaw, frame, payload);
        this.#send(0, payload, this.#timestamp, false);
        this.#timestamp += 160;
      });
      this.#clock.start();
    });
  }

  #send(payloadType: number, payload: Buffer, timestamp: number, marker: boolean): void {
    if (this.#track?.isOpen() !== true) return;
    const datagram = Buffer.alloc(12 + payload.length);
    const sequence = (this.#sequence = (this.#sequence + 1) & 0xffff);
    writeRtpHeader({ payloadType, marker, sequence, timestamp, ssrc: 7 }, datagram);
    payload.copy(datagram, 12);
    this.#track.sendMessageBinary(datagram);
  }

  #gathered(): Promise<void> {
    return new Promise((resolve) => {
      this.#connection.onGatheringStateChange((state) => {
        if (state === 'complete') resolve();
      });
    });
  }
}

function withoutCandidates(sdp: string): string {
  return sdp
    .split('\r\n')
    .filter((line) => !line.startsWith('a=candidate') && line !== 'a=end-of-candidates')
    .join('\r\n');
}

/**
 * How much of the sound's energy is at `hz`, 0 to 1, and its root mean square. Measured in pieces
 * of 50 ms, so that a sample left out or put in does not matter.
 */
export function tonality(samples: Int16Array, hz: number): { share: number; rms: number } {
  const factor = 2 * Math.cos((2 * Math.PI * hz) / 8000);
  let [energy, atTone] = [0, 0];
  for (let start = 0; start + PIECE <= samples.length; start += PIECE) {
    let [before, last] = [0, 0];
    for (const sample of samples.subarray(start, start + PIECE)) {
      energy += sample * sample;
      [before, last] = [last, sample + factor * last - before];
    }
    atTone += (before * before + last * last - factor * before * last) / (PIECE / 2);
  }
  const share = energy === 0 ? 0 : atTone / energy;
  return { share, rms: Math.sqrt(energy / Math.max(1, samples.length)) };
}

const PIECE = 400;

/** The part between the first and the last loud sample. */
export function loudPart(samples: Int16Array): Int16Array {
  const loud = (sample: number): boolean => Math.abs(sample) > 500;
  const first = samples.findIndex(loud);
  return first === -1 ? samples.slice(0, 0) : samples.slice(first, samples.findLastIndex(loud) + 1);
}
