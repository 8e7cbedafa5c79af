import datachannel, { type Audio, type PeerConnection, type Track } from 'node-datachannel';
import { loudness, powerAt, type Sound } from './tones.ts';

const RATE = 8000;
const FRAME = 160;
const KEYS_PAYLOAD_TYPE = 101;
const KEYS = '0123456789*#ABCD';

/** A dominant tone: where it is, and how loud all sound is. */
export interface HeardTone {
  /** Null when there is only silence. */
  hz: number | null;
  /** Loudness in dB below full scale; -90 is silence. */
  db: number;
}

/** A robot's ears and mouth: one peer connection with G.711, a tone out, everything heard kept. */
export class RobotMedia {
  readonly #ssrc = 1 + Math.floor(Math.random() * 1e9);
  readonly #connection: PeerConnection;
  readonly #heard: number[] = [];
  /** Told of each packet's sound as it comes, with the moment (ms, `performance.now`). */
  readonly #listeners = new Set<(frame: Sound, at: number) => void>();
  #track: Track | null = null;
  #timer: NodeJS.Timeout | null = null;
  #hz: number | null = null;
  #phase = 0;
  #heardKeys = '';
  #keyTimestamp: number | null = null;
  #sequence = 0;
  #timestamp = 0;

  constructor(name: string) {
    this.#connection = new datachannel.PeerConnection(name, {
      iceServers: [],
      disableAutoNegotiation: true,
    });
  }

  /** An offer without candidates, as the Voice SDK makes it. */
  async offer(): Promise<string> {
    this.#begin();
    const gathered = this.#gathered();
    this.#connection.setLocalDescription('offer');
    return gathered;
  }

  /** The far end's answer to our offer. */
  accept(answer: string): void {
    this.#connection.setRemoteDescription(answer, 'answer');
  }

  /** Answers the far end's offer. */
  async answer(offer: string): Promise<string> {
    this.#begin();
    const gathered = this.#gathered();
    this.#connection.setRemoteDescription(offer, 'offer');
    this.#connection.setLocalDescription('answer');
    return gathered;
  }

  /** Says a tone from now on; null is silence. */
  sendTone(hz: number | null): void {
    this.#hz = hz;
  }

  /** Presses keys (RFC 4733): each for 100 ms, in the middle of whatever it says. */
  async sendDigits(digits: string): Promise<void> {
    for (const digit of digits) {
      const event = KEYS.indexOf(digit);
      if (event < 0) throw new Error(`${digit} is not a key`);
      const at = this.#timestamp;
      for (let packet = 1; packet <= 8; packet += 1) {
        const over = packet > 5;
        const duration = Math.min(packet, 5) * FRAME;
        const payload = [event, (over ? 0x80 : 0) | 10, duration >> 8, duration & 0xff];
        this.#send(KEYS_PAYLOAD_TYPE, Buffer.from(payload), at, packet === 1);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  /** The last `ms` of what was heard. */
  heard(ms: number): Sound {
    const samples = Float32Array.from(this.#heard.slice(-Math.round((ms / 1000) * RATE)));
    return { rate: RATE, samples };
  }

  /** The keys that were pressed towards it (RFC 4733). */
  get heardKeys(): string {
    return this.#heardKeys;
  }

  /** All it has heard so far, in samples. */
  get heardSamples(): number {
    return this.#heard.length;
  }

  heardTone(ms = 300): HeardTone {
    const sound = this.heard(ms);
    const db = loudness(sound);
    if (sound.samples.length === 0 || db < -60) return { hz: null, db };
    let best = { hz: 0, power: 0 };
    for (let hz = 100; hz < 3500; hz += 10) {
      const power = powerAt(hz, sound);
      if (power > best.power) best = { hz, power };
    }
    return { hz: best.hz, db };
  }

  /** The moment (ms, `performance.now`) at which the first packet with this tone came. */
  hearing(hz: number): Promise<number> {
    return new Promise((resolve) => {
      const listen = (frame: Sound, at: number): void => {
        // Half of the packet's energy and more is this tone: ringback and echoes do not count.
        const energy = frame.samples.reduce((sum, sample) => sum + sample * sample, 0);
        const share = (2 * powerAt(hz, frame) * frame.samples.length) / (energy + 1e-9);
        if (energy / frame.samples.length < 1e-4 || share < 0.5) return;
        this.#listeners.delete(listen);
        resolve(at);
      };
      this.#listeners.add(listen);
    });
  }

  /** Told of each packet's sound as it comes, with the moment (ms, `performance.now`), until stopped. */
  onSound(listen: (frame: Sound, at: number) => void): () => void {
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  }

  /** Stops sending and listening without a word to the far end, as a killed browser does. */
  fallSilent(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  close(): void {
    this.fallSilent();
    this.#connection.close();
  }

  #begin(): void {
    const audio: Audio = new datachannel.Audio('0', 'SendRecv');
    audio.addAudioCodec(111, 'opus/48000/2', 'minptime=10;useinbandfec=1');
    audio.addAudioCodec(0, 'PCMU');
    audio.addAudioCodec(KEYS_PAYLOAD_TYPE, 'telephone-event/8000');
    audio.addSSRC(this.#ssrc, 'robot', 'robot', 'audio');
    const track = this.#connection.addTrack(audio);
    this.#track = track;
    track.onMessage((datagram) => this.#hear(datagram));
    track.onOpen(() => {
      let sent = 0;
      const begun = Date.now();
      // Late ticks are made up for: what is sent is always as long as the time that has passed.
      this.#timer = setInterval(() => {
        for (; sent * 20 <= Date.now() - begun; sent += 1) this.#say();
      }, 20);
    });
  }

  #say(): void {
    const payload = Buffer.alloc(FRAME, 0xff);
    if (this.#hz !== null) {
      for (let i = 0; i < FRAME; i += 1) {
        this.#phase += (2 * Math.PI * this.#hz) / RATE;
        payload[i] = muLaw(Math.round(10_000 * Math.sin(this.#phase)));
      }
    }
    this.#send(0, payload, this.#timestamp, false);
    this.#timestamp += FRAME;
  }

  #send(payloadType: number, payload: Buffer, timestamp: number, marker: boolean): void {
    if (this.#track?.isOpen() !== true) return;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header[1] = payloadType | (marker ? 0x80 : 0);
    header.writeUInt16BE(this.#sequence, 2);
    header.writeUInt32BE(timestamp >>> 0, 4);
    header.writeUInt32BE(this.#ssrc, 8);
    this.#track.sendMessageBinary(Buffer.concat([header, payload]));
  }

  /** Takes packets as they come: over loopback they come in order. */
  #hear(datagram: Buffer): void {
    if (datagram.length <= 12) return;
    if ((datagram[1]! & 0x7f) === KEYS_PAYLOAD_TYPE) this.#hearKey(datagram);
    if ((datagram[1]! & 0x7f) !== 0) return;
    const samples = Float32Array.from(datagram.subarray(12), (byte) => fromMuLaw(byte) / 32_768);
    for (const sample of samples) this.#heard.push(sample);
    for (const listen of this.#listeners) listen({ rate: RATE, samples }, performance.now());
    if (this.#heard.length > 60 * RATE) this.#heard.splice(0, 30 * RATE);
  }

  /** All packets of one key carry the timestamp of its beginning (RFC 4733 2.2.1). */
  #hearKey(datagram: Buffer): void {
    const timestamp = datagram.readUInt32BE(4);
    if (timestamp === this.#keyTimestamp) return;
    this.#keyTimestamp = timestamp;
    this.#heardKeys += KEYS[datagram[12]!] ?? '?';
  }

  #gathered(): Promise<string> {
    return new Promise((resolve) => {
      this.#connection.onGatheringStateChange((state) => {
        if (state !== 'complete') return;
        const sdp = this.#connection.localDescription()?.sdp ?? '';
        const lines = sdp.split('\r\n').filter((line) => !/^a=(candidate|end-of-cand)/.test(line));
        resolve(lines.join('\r\n'));
      });
    });
  }
}

/** ITU-T G.711. */
function muLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32_635) + 0x84;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

function fromMuLaw(byte: number): number {
  const code = ~byte & 0xff;
  const magnitude = (((code & 0x0f) << 3) + 0x84) << ((code >> 4) & 7);
  return (code & 0x80) !== 0 ? 0x84 - magnitude : magnitude - 0x84;
}
