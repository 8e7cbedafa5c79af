import type { Frame } from '../audio/frame.ts';
import { MediaFailure } from '../failure.ts';
import { isRtcp, parseRtp } from '../rtp/packet.ts';
import type { Leg, Player, PressedKey } from './leg.ts';
import { Peer, type PeerNetwork } from './peer.ts';
import { RtpStream, type StreamListener } from './rtp-stream.ts';
import { readAudio, SdpError, type AudioSection } from './sdp.ts';

/** About one set-up in 600 fails inside the library; a second attempt works. */
const ATTEMPTS = 3;
export interface BrowserLegListener extends StreamListener {
  connected(): void;
  lost(why: string): void;
  problem(error: unknown, what: string): void;
}

/** A browser on the line. */
export class BrowserLeg implements Leg {
  readonly id: string;
  readonly player: Player;
  readonly #network: PeerNetwork;
  readonly #listener: BrowserLegListener;
  readonly #stream: RtpStream;
  #peer: Peer | null = null;
  /** Takes over from #peer when it is connected. */
  #next: Peer | null = null;
  /** Our answer to the newest offer, for the same offer again. */
  #answer = '';
  #closed = false;

  constructor(id: string, network: PeerNetwork, player: Player, listener: BrowserLegListener) {
    this.id = id;
    this.#network = network;
    this.player = player;
    this.#listener = listener;
    this.#stream = new RtpStream(listener);
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

  /**
   * Resolves when the browser has been heard from too.
   * @throws MediaFailure sdp_refused, transport_failed, leg_unknown when it was closed meanwhile
   */
  async acceptAnswer(sdp: string): Promise<void> {
    const answer = readOrRefuse(sdp);
    const peer = this.#next ?? this.#peer;
    if (peer === null) throw new MediaFailure('transport_failed', 'no offer to be answered');
    if (peer.remoteUfrag === answer.ufrag) return;
    try {
      await peer.accept(answer);
    } catch (error) {
      if (error instanceof MediaFailure) throw error;
      throw new MediaFailure('transport_failed', messageOf(error), { cause: error });
    }
  }

  listen(): void {
    this.#stream.listen();
  }

  /** A browser plays no sound for keys: it hears their tones. */
  hear(frame: Frame | null): void {
    if (this.#peer?.connected === true) this.#stream.hear(this.#peer, frame, null);
  }

  sendDigits(digits: string): Promise<void> {
    return this.#stream.sendDigits(digits);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.player.stop();
    this.#stream.close();
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
      this.#stream.restart();
    }
    if (peer !== this.#peer) return;
    this.#stream.expect(true);
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
      this.#stream.receiveReport(peer, bytes);
      return;
    }
    const packet = parseRtp(bytes);
    if (packet !== null) this.#stream.receive(peer, packet);
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
