import datachannel, { type Audio, type PeerConnection, type Track } from 'node-datachannel';
import type { Law } from '../audio/g711.ts';
import { muLaw } from '../audio/g711.ts';
import { addHostCandidates, readAudio, type AudioSection } from './sdp.ts';

/** Where browsers reach us. */
export interface PeerNetwork {
  /** The one UDP port of all peers. */
  udpPort: number;
  /** Address to bind to; null: all of them. */
  bindAddress: string | null;
  /** Addresses to offer besides those of the interfaces. */
  extraAddresses: readonly string[];
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

/**
 * One WebRTC connection with one audio track. It cannot be restarted (the library does not know
 * ICE restarts): a browser that restarts gets a new one.
 */
export class Peer {
  readonly ssrc = 1 + Math.floor(Math.random() * 0xfffffffe);
  /** What was negotiated; PCMU before anything was. */
  law: Law = muLaw;
  telephoneEvent: number | null = null;
  /** The browser's ufrag, by which a repeated offer is known. */
  remoteUfrag: string | null = null;
  readonly #network: PeerNetwork;
  readonly #listener: PeerListener;
  readonly #connection: PeerConnection;
  /** Without a reference to its track the library delivers no sound. */
  #track: Track | null = null;
  #dtlsUp = false;
  #trackOpen = false;
  #told = false;
  #closed = false;

  constructor(name: string, network: PeerNetwork, listener: PeerListener) {
    this.#network = network;
    this.#listener = listener;
    this.#connection = new datachannel.PeerConnection(name, {
      iceServers: [],
      enableIceUdpMux: true,
      portRangeBegin: network.udpPort,
      portRangeEnd: network.udpPort,
      ...(network.bindAddress === null ? {} : { bindAddress: network.bindAddress }),
      // We say when to answer: after the track is there.
      disableAutoNegotiation: true,
    });
    this.#connection.onStateChange((state) => this.#changed(state));
  }

  /** The library opens the track a moment after the connection: sound flows when both are up. */
  get connected(): boolean {
    return this.#dtlsUp && this.#trackOpen;
  }

  /** Our answer, complete with candidates. */
  async answer(offer: AudioSection): Promise<string> {
    this.#agree(offer);
    this.#addTrack(offer.mid, offer.telephoneEvent);
    const gathered = this.#gathered();
    this.#connection.setRemoteDescription(letThemShakeHands(offer.sdp), 'offer');
    this.#connection.setLocalDescription('answer');
    this.#addCandidates(offer);
    await gathered;
    return this.#description();
  }

  /** Our offer, complete with candidates. */
  async offer(): Promise<string> {
    this.#addTrack('0', OUR_TELEPHONE_EVENT);
    const gathered = this.#gathered();
    this.#connection.setLocalDescription('offer');
    await gathered;
    return this.#description();
  }

  accept(answer: AudioSection): void {
    this.#agree(answer);
    this.#connection.setRemoteDescription(answer.sdp, 'answer');
    this.#addCandidates(answer);
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

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#dtlsUp = false;
    this.#track?.close();
    this.#connection.close();
  }

  #agree(section: AudioSection): void {
    this.law = section.law;
    this.telephoneEvent = section.telephoneEvent;
    this.remoteUfrag = section.ufrag;
  }

  #addTrack(mid: string, telephoneEvent: number | null): void {
    const audio: Audio = new datachannel.Audio(mid, 'SendRecv');
    audio.addAudioCodec(this.law.payloadType, this.law.name);
    if (telephoneEvent !== null) {
      audio.addAudioCodec(telephoneEvent, 'telephone-event/8000', '0-15');
    }
    audio.addSSRC(this.ssrc, 'offhook', 'offhook', 'audio');
    this.#track = this.#connection.addTrack(audio);
    this.#track.onOpen(() => {
      this.#trackOpen = true;
      this.#mayBeConnected();
    });
    this.#track.onMessage((bytes) => {
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

  #description(): string {
    const description = this.#connection.localDescription();
    if (description === null) throw new Error('no local description');
    readAudio(description.sdp);
    return addHostCandidates(description.sdp, this.#network.extraAddresses, this.#network.udpPort);
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

/**
 * Makes us DTLS's passive side (RFC 8842 §5). The browser learns last that ICE is through, so a
 * ClientHello of ours could come before it listens, and our library sends another only after 1 s;
 * browsers repeat theirs within 50 ms.
 */
function letThemShakeHands(offer: string): string {
  return offer.replace('a=setup:actpass', 'a=setup:active');
}
