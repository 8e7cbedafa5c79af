import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import datachannel, {
  type Audio,
  type LocalDescriptionInit,
  type PeerConnection,
  type RtcConfig,
  type Track,
} from 'node-datachannel';
import type { Law } from '../audio/g711.ts';
import { muLaw } from '../audio/g711.ts';
import { makeCertificate } from './certificate.ts';
import type { Knocks } from './knocks.ts';
import type { Line } from './rtp-stream.ts';
import { addHostCandidates, readAudio, reflexiveCandidate, type AudioSection } from './sdp.ts';

/** Where browsers reach us. */
export interface PeerNetwork {
  /** The one UDP port of all peers. */
  udpPort: number;
  /** Address to bind to; null: all of them. */
  bindAddress: string | null;
  /** Addresses to offer besides those of the interfaces. */
  extraAddresses: readonly string[];
  /** What comes to the port before there is a connection for it. */
  knocks: Knocks;
}

export interface PeerListener {
  /** DTLS is up and the track is open: sound can flow. */
  connected(): void;
  /** Dead for good. */
  lost(why: string): void;
  /** One datagram, RTP or RTCP, decrypted. */
  datagram(bytes: Buffer): void;
}

/** The payload type we use for keys when we make the offer. */
const OUR_TELEPHONE_EVENT = 101;
const OUR_MID = '0';

/**
 * One WebRTC connection with one audio track. It cannot be restarted (the library does not know
 * ICE restarts): a browser that restarts gets a new one.
 */
export class Peer implements Line {
  readonly sends = true;
  readonly comfortNoise = null;
  readonly ssrc = 1 + Math.floor(Math.random() * 0xfffffffe);
  /** What was negotiated; PCMU before anything was. */
  law: Law = muLaw;
  telephoneEvent: number | null = null;
  /** The browser's ufrag, by which a repeated offer is known. */
  remoteUfrag: string | null = null;
  readonly #name: string;
  /** Of its own: by another fingerprint browsers know that they shake hands with somebody new. */
  readonly #certificate = makeCertificate(Date.now());
  readonly #network: PeerNetwork;
  readonly #listener: PeerListener;
  readonly #connection: PeerConnection;
  /** Without a reference to its track the library delivers no sound. */
  #track: Track | null = null;
  /** How browsers may ask for us, as our offer says. */
  #offered: Required<LocalDescriptionInit> | null = null;
  #dtlsUp = false;
  #trackOpen = false;
  #told = false;
  #closed = false;

  constructor(name: string, network: PeerNetwork, listener: PeerListener) {
    this.#network = network;
    this.#listener = listener;
    this.#name = name;
    this.#connection = new datachannel.PeerConnection(name, this.#config());
    this.#connection.onStateChange((state) => this.#changed(state));
  }

  /** The library opens the track a moment after the connection: sound flows when both are up. */
  get connected(): boolean {
    return this.#dtlsUp && this.#trackOpen;
  }

  get payloadType(): number {
    return this.law.payloadType;
  }

  lawOf(payloadType: number): Law | null {
    return payloadType === this.law.payloadType ? this.law : null;
  }

  /** Our answer, complete with candidates. */
  async answer(offer: AudioSection): Promise<string> {
    this.#agree(offer);
    await this.#connect(offer.sdp, offer, {});
    return describe(this.#connection, this.#network.extraAddresses, this.#network.udpPort);
  }

  /**
   * Our offer, complete with candidates. It is only drawn up: nothing of ours listens before the
   * answer is here. A browser knocks earlier than that, and the library opens when it has taken in
   * one half of the answer; a handshake that then gets ahead of the other half fails for want of
   * the fingerprint ("certificate verify failed": one call in 35, measured on a busy machine).
   * Where it knocked from is kept, for when we open.
   */
  offer(): string {
    this.#offered = {
      iceUfrag: randomBytes(6).toString('hex'),
      icePwd: randomBytes(16).toString('hex'),
    };
    this.#network.knocks.expect(this.#offered.iceUfrag);
    const config = { ...this.#config(), disableAutoGathering: true };
    const draft = new datachannel.PeerConnection(this.#name, config);
    try {
      draft.addTrack(this.#audio(OUR_MID, OUR_TELEPHONE_EVENT));
      draft.setLocalDescription('offer', this.#offered);
      const addresses = [...this.#interfaces(), ...this.#network.extraAddresses];
      return describe(draft, addresses, this.#network.udpPort);
    } finally {
      draft.close();
    }
  }

  /**
   * The far end's answer to our offer. To the library theirs is the offer, and ours the answer.
   *
   * We open once we know where the browser is, and check that address at once: where a check comes
   * unexpected, the library sends its own 50 ms later only, and is deaf to DTLS until it succeeded.
   * So ours succeeds before the browser's, and the browser, which is DTLS's active side (RFC 8829
   * §5.3.1), is heard with its first message. If we were, it could be deaf to ours. (A check that
   * comes in the moment in which we open is ahead of ours all the same. Then that first message is
   * lost, and browsers repeat it after 50 ms.)
   */
  async accept(answer: AudioSection): Promise<void> {
    if (this.#offered === null) throw new Error('no offer to be answered');
    this.#agree(answer);
    const { knocks } = this.#network;
    const { iceUfrag } = this.#offered;
    const reflexive = (await knocks.from(iceUfrag, answer.ufrag)).map(reflexiveCandidate);
    knocks.forget(iceUfrag);
    const candidates = [...reflexive, ...answer.candidates];
    await this.#connect(letUsControl(answer.sdp), { ...answer, candidates }, this.#offered);
  }

  /** The bytes are copied. What cannot be sent is lost, like any datagram. */
  send(datagram: Buffer): void {
    if (!this.connected || this.#track?.isOpen() !== true) return;
    try {
      this.#track.sendMessageBinary(datagram);
    } catch {
      // It closed between the question and the sending; `lost` tells why.
      this.#trackOpen = false;
    }
  }

  /** RTP and RTCP share the port (RFC 5761). */
  sendReport(datagram: Buffer): void {
    this.send(datagram);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#dtlsUp = false;
    if (this.#offered !== null) this.#network.knocks.forget(this.#offered.iceUfrag);
    this.#track?.close();
    this.#connection.close();
  }

  /**
   * Both descriptions, theirs first: with ours the library begins to listen, and to check the
   * candidates that it knows by then.
   */
  async #connect(sdp: string, theirs: AudioSection, init: LocalDescriptionInit): Promise<void> {
    this.#track = this.#connection.addTrack(this.#audio(theirs.mid, theirs.telephoneEvent));
    this.#follow(this.#track);
    const gathered = this.#gathered();
    this.#connection.setRemoteDescription(sdp, 'offer');
    this.#addCandidates(theirs);
    this.#connection.setLocalDescription('answer', init);
    await gathered;
  }

  #config(): RtcConfig {
    const { udpPort, bindAddress } = this.#network;
    return {
      iceServers: [],
      enableIceUdpMux: true,
      portRangeBegin: udpPort,
      portRangeEnd: udpPort,
      ...(bindAddress === null ? {} : { bindAddress }),
      certificatePemFile: this.#certificate.certificate,
      keyPemFile: this.#certificate.key,
      // We say when to answer: after the track is there.
      disableAutoNegotiation: true,
    };
  }

  #agree(section: AudioSection): void {
    this.law = section.law;
    this.telephoneEvent = section.telephoneEvent;
    this.remoteUfrag = section.ufrag;
  }

  #audio(mid: string, telephoneEvent: number | null): Audio {
    const audio: Audio = new datachannel.Audio(mid, 'SendRecv');
    audio.addAudioCodec(this.law.payloadType, this.law.name);
    if (telephoneEvent !== null) {
      audio.addAudioCodec(telephoneEvent, 'telephone-event/8000', '0-15');
    }
    audio.addSSRC(this.ssrc, 'offhook', 'offhook', 'audio');
    return audio;
  }

  #follow(track: Track): void {
    track.onOpen(() => {
      this.#trackOpen = true;
      this.#mayBeConnected();
    });
    track.onMessage((bytes) => {
      if (!this.#closed) this.#listener.datagram(bytes);
    });
  }

  #gathered(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connection.onGatheringStateChange((state) => {
        if (state === 'complete') resolve();
      });
      this.#connection.onSignalingStateChange((state) => {
        if (state === 'closed') reject(new Error('closed while gathering'));
      });
    });
  }

  #addCandidates(section: AudioSection): void {
    for (const candidate of section.candidates) {
      this.#connection.addRemoteCandidate(candidate.slice('a='.length), section.mid);
    }
  }

  /** Those the library would find: all but the loopback and link-local ones. */
  #interfaces(): string[] {
    const { bindAddress } = this.#network;
    if (bindAddress !== null) return [bindAddress];
    return Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, address }) => !internal && !/^(fe80:|169\.254\.)/i.test(address))
      .map(({ address }) => address);
  }

  #changed(state: string): void {
    if (this.#closed) return;
    if (state === 'connected') {
      this.#dtlsUp = true;
      this.#mayBeConnected();
    }
    if (state === 'disconnected' || state === 'failed' || state === 'closed') {
      this.#dtlsUp = false;
      this.#listener.lost(state);
    }
  }

  #mayBeConnected(): void {
    if (this.#closed || this.#told || !this.connected) return;
    this.#told = true;
    this.#listener.connected();
  }
}

function describe(
  connection: PeerConnection,
  addresses: readonly string[],
  udpPort: number,
): string {
  const description = connection.localDescription();
  if (description === null) throw new Error('no local description');
  readAudio(description.sdp);
  return addHostCandidates(description.sdp, addresses, udpPort);
}

/**
 * Who offers controls ICE (RFC 8445 §6.1.1), but the library takes us for the one who answers. With
 * a "lite" partner it controls all the same; nothing else changes by it.
 */
function letUsControl(answer: string): string {
  return answer.replace('\r\nm=', '\r\na=ice-lite\r\nm=');
}
