import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { encode, muLaw } from '../engine/src/media/audio/g711.ts';
import { Tone } from '../engine/src/media/audio/tones.ts';
import { Clock } from '../engine/src/media/clock.ts';
import { parseRtp, writeRtpHeader } from '../engine/src/media/rtp/packet.ts';
import { powerAt } from '../test/support/tones.ts';

const HEADER = 12;
const FRAME = 160;
/** Tones of whole multiples of 5 Hz repeat after so many frames. */
const LOOP = 10;
/** The last 200 ms are kept. */
const KEPT = 10;

/** One end of a call, a telephone: PCMU over plain RTP. */
export interface Talker {
  /** Where it listens. */
  readonly port: number;
  /** Packets so far. */
  received: number;
  /** Says `hz` to this port of the loopback from now on. */
  talk(to: number, hz: number): void;
  /** How much of what it heard lately is this tone, 0 to 1. */
  share(hz: number): number;
}

/** Many telephones, all with one clock. */
export class Talkers {
  readonly #mouths: ((frame: number) => void)[] = [];
  readonly #closers: (() => void)[] = [];
  readonly #clock = new Clock(() => this.#say());
  #frames = 0;

  constructor() {
    this.#clock.start();
  }

  async add(): Promise<Talker> {
    const socket = createSocket({
      type: 'udp4',
      lookup: (host, _options, callback) => callback(null, host, 4),
    });
    this.#closers.push(() => socket.close());
    const listening = once(socket, 'listening');
    socket.bind(0, '127.0.0.1');
    await listening;
    const heard: Uint8Array[] = [];
    const talker: Talker = {
      port: socket.address().port,
      received: 0,
      talk: (to, hz) => {
        const datagrams = draw(hz);
        this.#mouths.push((frame) => {
          const datagram = datagrams[frame % LOOP]!;
          writeRtpHeader({ ...fieldsOf(frame), ssrc: to }, datagram);
          socket.send(datagram, to, '127.0.0.1');
        });
      },
      share: (hz) => shareOf(hz, heard),
    };
    socket.on('message', (bytes) => {
      const packet = parseRtp(bytes);
      if (packet?.payloadType === 0) heard[talker.received++ % KEPT] = packet.payload;
    });
    return talker;
  }

  close(): void {
    this.#clock.stop();
    for (const close of this.#closers) close();
  }

  #say(): void {
    for (const say of this.#mouths) say(this.#frames);
    this.#frames++;
  }
}

function fieldsOf(frame: number): {
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
} {
  const timestamp = (frame * FRAME) >>> 0;
  return { payloadType: muLaw.payloadType, marker: false, sequence: frame & 0xffff, timestamp };
}

/** A tone in packets, ready to be sent but for their headers. */
function draw(hz: number): Buffer[] {
  const tone = new Tone([hz], 8000);
  const frame = new Int16Array(FRAME);
  return Array.from({ length: LOOP }, () => {
    tone.fill(frame);
    const datagram = Buffer.alloc(HEADER + FRAME);
    encode(muLaw, frame, datagram, HEADER);
    return datagram;
  });
}

/** Packet by packet, because they are not kept in order. */
function shareOf(hz: number, packets: readonly Uint8Array[]): number {
  let [energy, atTone] = [1e-9, 0];
  for (const payload of packets) {
    const samples = Float32Array.from(payload, (byte) => muLaw.decodeTable[byte]! / 32_768);
    atTone += 2 * powerAt(hz, { rate: 8000, samples }) * samples.length;
    for (const sample of samples) energy += sample * sample;
  }
  return atTone / energy;
}
