import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { encode, muLaw } from '../engine/src/media/audio/g711.ts';
import { Tone } from '../engine/src/media/audio/tones.ts';
import { Clock } from '../engine/src/media/clock.ts';
import { parseRtp, writeRtpHeader } from '../engine/src/media/rtp/packet.ts';
import type { RobotMedia } from '../test/support/robot-media.ts';
import { powerAt, type Sound } from '../test/support/tones.ts';

const HEADER = 12;
const FRAME = 160;
/** Tones of whole multiples of 5 Hz repeat after so many frames. */
const LOOP = 10;
/** The last 200 ms are kept. */
const KEPT = 10;

/** One end of a call, listened to. */
export interface End {
  /** Packets so far. */
  readonly received: number;
  /** How much of what it heard lately is this tone, 0 to 1. */
  share(hz: number): number;
}

/** A telephone: PCMU over plain RTP. */
export interface Talker extends End {
  /** Where it listens. */
  readonly port: number;
  /** Says `hz` to this port of the loopback from now on. */
  talk(to: number, hz: number): void;
}

export function endOf(browser: RobotMedia): End {
  return {
    get received() {
      return Math.floor(browser.heardSamples / FRAME);
    },
    share: (hz) => shareOf(hz, cut(browser.heard(KEPT * 20))),
  };
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
    let received = 0;
    socket.on('message', (bytes) => {
      const packet = parseRtp(bytes);
      if (packet?.payloadType === 0) heard[received++ % KEPT] = packet.payload;
    });
    return {
      port: socket.address().port,
      get received() {
        return received;
      },
      talk: (to, hz) => {
        const datagrams = draw(hz);
        this.#mouths.push((frame) => {
          const datagram = datagrams[frame % LOOP]!;
          writeRtpHeader({ ...fieldsOf(frame), ssrc: to }, datagram);
          socket.send(datagram, to, '127.0.0.1');
        });
      },
      share: (hz) => shareOf(hz, heard.map(decode)),
    };
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

function decode(payload: Uint8Array): Sound {
  const samples = Float32Array.from(payload, (byte) => muLaw.decodeTable[byte]! / 32_768);
  return { rate: 8000, samples };
}

function cut({ rate, samples }: Sound): Sound[] {
  return Array.from({ length: samples.length / FRAME }, (_, n) => ({
    rate,
    samples: samples.slice(n * FRAME, (n + 1) * FRAME),
  }));
}

/** Frame by frame, because they are not kept in order. */
function shareOf(hz: number, frames: readonly Sound[]): number {
  let [energy, atTone] = [1e-9, 0];
  for (const frame of frames) {
    atTone += 2 * powerAt(hz, frame) * frame.samples.length;
    for (const sample of frame.samples) energy += sample * sample;
  }
  return atTone / energy;
}
