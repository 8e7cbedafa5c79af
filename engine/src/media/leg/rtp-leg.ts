import type { Frame } from '../audio/frame.ts';
import { aLaw, muLaw, type Law } from '../audio/g711.ts';
import { expectsSound } from '../expects-sound.ts';
import { MediaFailure } from '../failure.ts';
import type { RtpFlow, RtpStats } from '../protocol.ts';
import { isRtcp, parseRtp } from '../rtp/packet.ts';
import type { PortPair, PortPairs } from '../rtp/port-pairs.ts';
import { SourceLatch, type Endpoint } from '../rtp/source-latch.ts';
import { SrtpReceiver, SrtpSender } from '../rtp/srtp.ts';
import type { Leg, Player, PressedKey } from './leg.ts';
import { RtpStream, type Line, type StreamListener } from './rtp-stream.ts';

export interface RtpLegListener extends StreamListener {
  connected(): void;
  lost(why: string): void;
  problem(error: unknown, what: string): void;
}

/** Old phones hold by naming no place to send to (RFC 3264 §8.4). */
const NOWHERE: readonly string[] = ['0.0.0.0', '::'];
const LAWS: readonly Law[] = [muLaw, aLaw];

/** The two directions of SRTP, each with its key, for as long as that lives. */
interface Keys {
  srtp: NonNullable<RtpFlow['srtp']>;
  sender: SrtpSender;
  receiver: SrtpReceiver;
}

/** A telephone on the line: plain RTP or SRTP over a pair of UDP ports of its own. */
export class RtpLeg implements Leg {
  readonly id: string;
  readonly player: Player;
  readonly #listener: RtpLegListener;
  readonly #timeoutMs: number;
  readonly #stream: RtpStream;
  readonly #ssrc = 1 + Math.floor(Math.random() * 0xfffffffe);
  #pair: PortPair | null = null;
  #flow: RtpFlow | null = null;
  #line: Line | null = null;
  #latch: SourceLatch | null = null;
  #keys: Keys | null = null;
  /** They may come back after a while without SRTP, and then go on where they were. */
  #lastKeys: Keys | null = null;
  /** Where their reports come from, if that is not where the description says. */
  #reportsFrom: Endpoint | null = null;
  #strangers = 0;
  #unauthentic = 0;
  #lost = false;
  #closed = false;

  /** `timeoutMs`: when nothing comes for so long, the leg is lost. */
  constructor(id: string, player: Player, timeoutMs: number, listener: RtpLegListener) {
    this.id = id;
    this.player = player;
    this.#timeoutMs = timeoutMs;
    this.#listener = listener;
    this.#stream = new RtpStream(listener);
  }

  /**
   * Takes a pair of ports; gives back that of RTP, RTCP's is the next one.
   * @throws MediaFailure transport_failed, leg_unknown when it was closed meanwhile
   */
  async open(ports: PortPairs): Promise<number> {
    const pair = await ports.open({
      rtp: (datagram, from) => {
        if (isRtcp(datagram)) this.#receiveReport(datagram, from);
        else this.#receive(datagram, from);
      },
      rtcp: (datagram, from) => this.#receiveReport(datagram, from),
      problem: (error) => this.#listener.problem(error, 'a socket of a telephone failed'),
    });
    if (this.#closed) {
      pair.close();
      throw new MediaFailure('leg_unknown', 'closed while its ports were opened');
    }
    this.#pair = pair;
    return pair.port;
  }

  /**
   * What was agreed, for the first time or anew. The stream goes on: source, numbers and, while
   * they are the same, keys. One that was lost has another time to be heard.
   * @throws MediaFailure sdp_refused when a key is none
   */
  setFlow(flow: RtpFlow): void {
    const keys = this.#makeKeys(flow.srtp);
    const first = this.#flow === null;
    const { address, port, rtcpPort } = flow.remote;
    const now = performance.now();
    this.#latch ??= new SourceLatch({ address, port }, now);
    this.#latch.name({ address, port }, now);
    if (this.#flow?.remote.address !== address || this.#flow.remote.rtcpPort !== rtcpPort) {
      this.#reportsFrom = null;
    }
    this.#keys = keys;
    this.#lastKeys = keys ?? this.#lastKeys;
    this.#flow = flow;
    this.#line = this.#drawLine(flow);
    this.#stream.expect(expectsSound(flow));
    this.#lost = false;
    if (first) this.#listener.connected();
  }

  get spoken(): Frame {
    return this.#stream.spoken;
  }

  get speaking(): boolean {
    return this.#stream.speaking;
  }

  get pressed(): PressedKey | null {
    return this.#stream.pressed;
  }

  get concealedFrames(): number {
    return this.#stream.concealedFrames;
  }

  get stats(): RtpStats {
    return {
      ...this.#stream.stats,
      strangers: this.#strangers,
      unauthentic: this.#unauthentic,
    };
  }

  listen(): void {
    this.#stream.listen();
    if (this.#lost || this.#stream.deadMs < this.#timeoutMs) return;
    this.#lost = true;
    this.#listener.lost('rtp_timeout');
  }

  hear(frame: Frame | null, pressed: PressedKey | null): void {
    if (this.#line !== null) this.#stream.hear(this.#line, frame, pressed);
  }

  sendDigits(digits: string): Promise<void> {
    return this.#stream.sendDigits(digits);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.player.stop();
    this.#stream.close();
    if (this.#line !== null) this.#stream.sayGoodbye(this.#line);
    this.#pair?.close();
  }

  /** Those we have go on while they are the same: their counters must (RFC 3711 §3.3.1). */
  #makeKeys(srtp: RtpFlow['srtp']): Keys | null {
    if (srtp === null) return null;
    const old = this.#lastKeys;
    const same = (side: 'ours' | 'theirs'): boolean =>
      old?.srtp[side] === srtp[side] && old.srtp.suite === srtp.suite;
    try {
      return {
        srtp,
        sender: same('ours') ? old!.sender : new SrtpSender(srtp.suite, srtp.ours),
        receiver: same('theirs') ? old!.receiver : new SrtpReceiver(srtp.suite, srtp.theirs),
      };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new MediaFailure('sdp_refused', error.message, { cause: error });
    }
  }

  #drawLine(flow: RtpFlow): Line {
    const law = flow.law === 'PCMU' ? muLaw : aLaw;
    return {
      ssrc: this.#ssrc,
      sends: flow.sends,
      law,
      payloadType: flow.payloadType,
      telephoneEvent: flow.telephoneEvent,
      comfortNoise: flow.comfortNoise,
      // RFC 3264 §5.1: who has offered both laws must take both.
      lawOf: (type) =>
        type === flow.payloadType ? law : (LAWS.find((one) => one.payloadType === type) ?? null),
      send: (datagram) => this.#send(datagram),
      sendReport: (datagram) => this.#sendReport(datagram),
    };
  }

  #send(datagram: Buffer): void {
    const to = this.#latch!.target;
    if (!NOWHERE.includes(to.address)) {
      this.#pair?.sendRtp(this.#keys?.sender.rtp(datagram) ?? datagram, to);
    }
  }

  #sendReport(datagram: Buffer): void {
    const to = this.#reportsTo();
    if (!NOWHERE.includes(to.address)) {
      this.#pair?.sendRtcp(this.#keys?.sender.rtcp(datagram) ?? datagram, to);
    }
  }

  #receive(datagram: Buffer, from: Endpoint): void {
    const line = this.#line;
    if (line === null) return;
    const bytes = this.#keys === null ? datagram : this.#keys.receiver.rtp(datagram);
    if (bytes === null) {
      this.#unauthentic++;
      return;
    }
    const packet = parseRtp(bytes);
    if (packet === null || !isAgreed(line, packet.payloadType)) return;
    const { sequence } = packet;
    if (!this.#latch!.accepts(from, sequence, this.#keys !== null, performance.now())) {
      this.#strangers++;
    } else if (this.#flow?.receives === true) {
      this.#stream.receive(line, packet);
    }
  }

  #receiveReport(datagram: Buffer, from: Endpoint): void {
    const line = this.#line;
    if (line === null) return;
    const bytes = this.#keys === null ? datagram : this.#keys.receiver.rtcp(datagram);
    if (bytes === null) {
      this.#unauthentic++;
    } else if (this.#keys === null && from.address !== this.#latch!.target.address) {
      this.#strangers++;
    } else {
      this.#reportsFrom = from;
      this.#stream.receiveReport(line, bytes);
    }
  }

  #reportsTo(): Endpoint {
    const { address, port } = this.#latch!.target;
    if (this.#reportsFrom?.address === address) return this.#reportsFrom;
    const { remote } = this.#flow!;
    // Behind NAT their next port is as good a guess as any.
    const asNamed = address === remote.address && port === remote.port;
    return { address, port: asNamed ? remote.rtcpPort : Math.min(port + 1, 65_535) };
  }
}

function isAgreed(line: Line, payloadType: number): boolean {
  return (
    line.lawOf(payloadType) !== null ||
    payloadType === line.telephoneEvent ||
    payloadType === line.comfortNoise
  );
}
