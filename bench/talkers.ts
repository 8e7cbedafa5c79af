import { createSocket, type Socket } from 'node:dgram';
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

/** One end of a call: says a tone for ever. */
export interface Talker {
  /** Where it sends to; its own port is the talkers'. */
  readonly to: number;
  received: number;
  /** How much of what it heard lately is this tone, 0 to 1. */
  share(hz: number): number;
}

interface Mouth extends Talker {
  readonly datagrams: readonly Buffer[];
  readonly heard: Uint8Array[];
}

/** Many telephones on one port: PCMU over plain RTP, told apart by where they send to. */
export class Talkers {
  readonly #socket: Socket;
  readonly #mouths = new Map<number, Mouth>();
  readonly #clock = new Clock(() => this.#say());
  #frames = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (bytes, { port }) => {
      const mouth = this.#mouths.get(port);
      const packet = parseRtp(bytes);
      if (mouth === undefined || packet?.payloadType !== muLaw.payloadType) return;
      mouth.heard[mouth.received++ % KEPT] = packet.payload;
    });
    this.#clock.start();
  }

  static async open(): Promise<Talkers> {
    const socket = createSocket({
      type: 'udp4',
      recvBufferSize: 4 << 20,
      lookup: (host, _options, callback) => callback(null, host, 4),
    });
    const listening = once(socket, 'listening');
    socket.bind(0, '127.0.0.1');
    await listening;
    return new Talkers(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Says `hz` to this port of the loopback from now on. */
  add(to: number, hz: number): Talker {
    const tone = new Tone([hz], 8000);
    const frame = new Int16Array(FRAME);
    const datagrams = Array.from({ length: LOOP }, () => {
      tone.fill(frame);
      const datagram = Buffer.alloc(HEADER + FRAME);
      encode(muLaw, frame, datagram, HEADER);
      return datagram;
    });
    const heard: Uint8Array[] = [];
    const share = (wanted: number): number => shareOf(wanted, heard);
    const mouth: Mouth = { to, received: 0, share, datagrams, heard };
    this.#mouths.set(to, mouth);
    return mouth;
  }

  close(): void {
    this.#clock.stop();
    this.#socket.close();
  }

  #say(): void {
    const frame = this.#frames++;
    const fields = { payloadType: 0, marker: false, sequence: frame & 0xffff };
    for (const { to, datagrams } of this.#mouths.values()) {
      const datagram = datagrams[frame % LOOP]!;
      writeRtpHeader({ ...fields, timestamp: (frame * FRAME) >>> 0, ssrc: to }, datagram);
      this.#socket.send(datagram, to, '127.0.0.1');
    }
  }
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
