import { randomInt } from 'node:crypto';
import type { LegNews, MediaLink } from '../../media-link.ts';
import { expectsSound } from '../../media/expects-sound.ts';
import { createAudioSession } from '../../sip/sdp/audio-session.ts';
import { SdpRefused, type AudioSession, type OurMedia } from '../../sip/sdp/offer-answer.ts';
import { soundLost, type Silence } from './failures.ts';

/** What may be agreed about the sound with whoever is on the other side. */
export type SoundTerms = Pick<OurMedia, 'laws' | 'srtp'>;

/** Whatever a phone can do is good enough: it is ours. */
export const PHONE_TERMS: SoundTerms = { laws: ['PCMU', 'PCMA'], srtp: 'optional' };

/** For a phone that refuses plain RTP, or is offered SRTP first. */
export const SECRET_TERMS: SoundTerms = { ...PHONE_TERMS, srtp: 'required' };

/** From the answer on a packet is due every 20 ms, silent or not. */
const SILENT_AFTER_MS = 5_000;

/** What is told of the far end's sound. */
export interface SoundListener {
  /** The first packet is here. */
  heard(): void;
  /** Told of each silence once. */
  silent(silence: Silence): void;
  /** The media process gave the leg up; `problem` says why in words. */
  lost(problem: string): void;
}

/**
 * The sound of one INVITE: a port of the media process, what both sides have agreed about it, and
 * whether any comes. Whoever opens it closes it.
 */
export class SipSound {
  /** The leg's name in the media process. */
  readonly leg: string;
  readonly #media: MediaLink;
  readonly #listener: SoundListener;
  #deaf: (() => void) | null = null;
  #heard = false;
  /** No packets come. */
  #quiet = true;
  #expected = false;
  #silenceTimer: NodeJS.Timeout | null = null;
  #session: AudioSession | null = null;
  /** The answer that was taken last: 183 and 200 mostly bring the same one. */
  #accepted: string | null = null;
  #closed = false;

  constructor(leg: string, media: MediaLink, listener: SoundListener) {
    this.leg = leg;
    this.#media = media;
    this.#listener = listener;
  }

  /** `address`: where the other side is to send to. Rejects when there is no port for it. */
  async open(address: string, terms: SoundTerms): Promise<void> {
    const { port } = await this.#media.ask('leg.rtp', { leg: this.leg });
    // Closed meanwhile: the leg came to be behind the back of `close`.
    if (this.#closed) this.#media.tell('leg.close', { leg: this.leg });
    else this.#deaf = this.#media.onLeg(this.leg, (news) => this.#hear(news));
    // RFC 4566 §5.2: numeric, and unlikely to be another session's.
    const sessionId = String(randomInt(2 ** 47));
    this.#session = createAudioSession({ address, port, sessionId, ...terms });
  }

  /** Something is agreed: sound flows, or is held. */
  get agreed(): boolean {
    return this.#open.flow !== null;
  }

  offer(): string {
    return this.#open.offer();
  }

  /** Takes the answer to our offer. Rejects with SdpRefused. */
  async accept(answer: string): Promise<void> {
    if (answer !== this.#accepted) {
      this.#open.accept(answer);
      this.#accepted = answer;
    }
    await this.flow();
  }

  /** Our answer to theirs; nothing flows by it before `flow`. @throws SdpRefused */
  answer(offer: string): string {
    return this.#open.answer(offer).sdp;
  }

  /** Lets sound flow as it is agreed. */
  async flow(): Promise<void> {
    const { flow } = this.#open;
    if (flow === null) throw new SdpRefused('no_audio', 'Nothing is agreed about the sound');
    if (!this.#closed) await this.#media.ask('leg.flow', { leg: this.leg, flow });
  }

  /**
   * The far end wants something else: hold, resume, another address (RFC 3264 §8); null asks for an
   * offer of ours. Rejects with SdpRefused, and all stays as it was.
   */
  async offeredAgain(offer: string | null): Promise<string> {
    if (offer === null) {
      this.#accepted = null;
      return this.#open.offer();
    }
    const sdp = this.answer(offer);
    await this.flow();
    return sdp;
  }

  /** The call is answered: from now on sound is missed. */
  expect(): void {
    if (this.#expected || this.#closed) return;
    this.#expected = true;
    if (this.#quiet) this.#miss(SILENT_AFTER_MS);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#deaf?.();
    this.#missNothing();
    if (this.#session !== null) this.#media.tell('leg.close', { leg: this.leg });
  }

  #hear(news: LegNews): void {
    const { event, data } = news;
    if (event === 'leg.lost') return this.#listener.lost(soundLost(data.why));
    if (event === 'leg.quiet') {
      this.#quiet = true;
      if (this.#expected) this.#miss(SILENT_AFTER_MS - data.silentMs);
    }
    if (event === 'leg.heard' || event === 'leg.resumed') {
      this.#quiet = false;
      this.#missNothing();
    }
    if (event !== 'leg.heard') return;
    this.#heard = true;
    this.#listener.heard();
  }

  #miss(afterMs: number): void {
    this.#silenceTimer ??= setTimeout(() => {
      const flow = this.#session?.flow ?? null;
      if (flow === null || !expectsSound(flow)) return;
      this.#listener.silent({ seconds: SILENT_AFTER_MS / 1000, heardBefore: this.#heard });
    }, afterMs);
  }

  #missNothing(): void {
    if (this.#silenceTimer !== null) clearTimeout(this.#silenceTimer);
    this.#silenceTimer = null;
  }

  get #open(): AudioSession {
    if (this.#session === null) throw new Error('the sound of this call is not open yet');
    return this.#session;
  }
}
