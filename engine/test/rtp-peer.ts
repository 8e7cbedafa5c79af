import { createSocket, type Socket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { aLaw, encode, muLaw, type Law } from '../src/media/audio/g711.ts';
import { Tone } from '../src/media/audio/tones.ts';
import { Clock } from '../src/media/clock.ts';
import type { RtpFlow } from '../src/media/protocol.ts';
import { parseRtp, writeRtpHeader, type RtpPacket } from '../src/media/rtp/packet.ts';
import { SrtpReceiver, SrtpSender } from '../src/media/rtp/srtp.ts';

const TELEPHONE_EVENT = 101;
const COMFORT_NOISE = 13;
type Suite = NonNullable<RtpFlow['srtp']>['suite'];

/** The far end of a telephone's leg, as small as it can be: says a tone, keeps what it hears. */
export class RtpPeer {
  readonly heard: RtpPacket[] = [];
  readonly reports: Buffer[] = [];
  /** Says which packets are lost on their way to us; seeded, so that each run is the same. */
  loss: (() => boolean) | null = null;
  readonly ssrc = 7;
  readonly legPort: number;
  readonly #law: Law;
  readonly #rtcp: Socket;
  #rtp: Socket;
  #keys: RtpFlow['srtp'] = null;
  #sender: SrtpSender | null = null;
  #receiver: SrtpReceiver | null = null;
  #tone: Tone | null = null;
  #clock: Clock | null = null;
  #sequence = 0xfff0;
  #timestamp = 1000;

  private constructor(law: Law, rtp: Socket, rtcp: Socket, to: number) {
    this.#law = law;
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.legPort = to;
    this.#listen(rtp);
    rtcp.on('message', (bytes) => this.reports.push(this.#receiver?.rtcp(bytes) ?? bytes));
  }

  /** `to`: the leg's port. */
  static async open(to: number, law: RtpFlow['law'] = 'PCMU', suite?: Suite): Promise<RtpPeer> {
    const peer = new RtpPeer(law === 'PCMU' ? muLaw : aLaw, await bound(), await bound(), to);
    if (suite === undefined) return peer;
    const key = (): string => randomBytes(30).toString('base64');
    peer.#keys = { suite, ours: key(), theirs: key() };
    peer.#sender = new SrtpSender(suite, peer.#keys.theirs);
    peer.#receiver = new SrtpReceiver(suite, peer.#keys.ours);
    return peer;
  }

  /** What the leg is told of us. */
  flow(change: Partial<RtpFlow> = {}): RtpFlow {
    return {
      remote: {
        address: '127.0.0.1',
        port: this.#rtp.address().port,
        rtcpPort: this.#rtcp.address().port,
      },
      law: this.#law.name,
      payloadType: this.#law.payloadType,
      telephoneEvent: TELEPHONE_EVENT,
      comfortNoise: COMFORT_NOISE,
      sends: true,
      receives: true,
      srtp: this.#keys,
      ...change,
    };
  }

  /** From now on it says this; null is silence. */
  say(hz: number | null): void {
    this.#tone = hz === null ? null : new Tone([hz], 8000);
    if (this.#clock !== null) return;
    const frame = new Int16Array(160);
    const payload = Buffer.alloc(160);
    this.#clock = new Clock(() => {
      frame.fill(0);
      this.#tone?.fill(frame);
      encode(this.#law, frame, payload);
      this.#timestamp += 160;
      this.#send(this.#law.payloadType, payload);
    });
    this.#clock.start();
  }

  /** Not a packet more. */
  fallSilent(): void {
    this.#clock?.stop();
    this.#clock = null;
  }

  /** A key of 100 ms, as RFC 4733 has it. */
  press(event: number): void {
    for (const [end, duration] of [[0, 400], ...Array<number[]>(3).fill([0x80, 800])] as const) {
      this.#send(TELEPHONE_EVENT, Buffer.from([event, end | 10, duration >> 8, duration & 0xff]));
    }
  }

  /** Says that the line is silent, but for noise of this level (−dBov). */
  beSilent(level: number): void {
    this.fallSilent();
    this.#send(COMFORT_NOISE, Buffer.from([level]));
  }

  /** Any bytes, to both of the leg's ports. */
  sendBytes(bytes: Buffer): void {
    this.#rtp.send(bytes, this.legPort, '127.0.0.1');
    this.#rtcp.send(bytes, this.legPort + 1, '127.0.0.1');
  }

  sendReport(report: Buffer): void {
    this.#rtcp.send(this.#sender?.rtcp(report) ?? report, this.legPort + 1, '127.0.0.1');
  }

  /** From here on it sends from another port, as behind a NAT that forgot. */
  async move(): Promise<void> {
    this.#rtp.close();
    this.#rtp = await bound();
    this.#listen(this.#rtp);
  }

  /** What it heard in the last `ms`, decoded, in order of arrival. */
  lastHeard(ms: number): Int16Array {
    const packets = this.heard
      .filter((one) => one.payloadType === this.#law.payloadType)
      .slice(-(ms / 20));
    return Int16Array.from(
      packets.flatMap((one) => [...one.payload].map((byte) => this.#law.decodeTable[byte] ?? 0)),
    );
  }

  close(): void {
    this.fallSilent();
    this.#rtp.close();
    this.#rtcp.close();
  }

  #listen(socket: Socket): void {
    socket.on('message', (bytes) => {
      const plain = this.#receiver === null ? bytes : this.#receiver.rtp(bytes);
      const packet = plain === null ? null : parseRtp(plain);
      if (packet !== null) this.heard.push(packet);
    });
  }

  #send(payloadType: number, payload: Buffer): void {
    const datagram = Buffer.alloc(12 + payload.length);
    const sequence = (this.#sequence = (this.#sequence + 1) & 0xffff);
    const timestamp = this.#timestamp;
    writeRtpHeader({ payloadType, marker: false, sequence, timestamp, ssrc: this.ssrc }, datagram);
    payload.copy(datagram, 12);
    const out = this.#sender?.rtp(datagram) ?? datagram;
    if (this.loss?.() !== true) this.#rtp.send(out, this.legPort, '127.0.0.1');
  }
}

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}
