import type { IncomingCall, IncomingListener, SipEnd } from '../../sip/user-agent/calls.ts';
import type { CloseReason, Line, LineListener } from '../line.ts';
import type { SipParts } from './attempt.ts';
import { keyOfInfo } from './key-info.ts';
import { SipSound, type SoundTerms } from './sip-sound.ts';

/** The line of somebody who calls us by SIP. */
export class IncomingLine implements Line, IncomingListener {
  /** Set once the call exists: the call needs its line first. */
  listener: LineListener | null = null;
  readonly #call: IncomingCall;
  readonly #parts: SipParts;
  readonly #sound: SipSound;
  /** Our half of what is agreed: an answer, or an offer where theirs is to come late. */
  readonly #description: string;
  readonly #deaf: () => void;
  readonly #released: () => void;
  #answered = false;
  #closed = false;

  private constructor(
    call: IncomingCall,
    sound: SipSound,
    description: string,
    parts: SipParts,
    released: () => void,
  ) {
    this.#call = call;
    this.#sound = sound;
    this.#description = description;
    this.#parts = parts;
    this.#released = released;
    this.#deaf = parts.media.onLeg(sound.leg, (news) => {
      if (news.event === 'leg.lost') this.listener?.ended('completed', 200);
    });
    call.listener = this;
  }

  /**
   * Finds a port for the sound and looks at what is offered; `released` is called once when the line
   * is closed. Rejects with SdpRefused when it cannot be agreed to, and has closed the sound.
   */
  static async open(
    call: IncomingCall,
    leg: string,
    terms: SoundTerms,
    parts: SipParts,
    released: () => void = () => undefined,
  ): Promise<IncomingLine> {
    const sound = new SipSound(leg, parts.media);
    try {
      await sound.open(parts.mediaAddress(call.source), terms);
      // RFC 3261 §13.2.1: an INVITE without an offer gets one of ours in the 2xx.
      const description = call.offer === null ? sound.offer() : sound.answer(call.offer);
      return new IncomingLine(call, sound, description, parts, released);
    } catch (error) {
      sound.close();
      throw error;
    }
  }

  get mediaLeg(): string {
    return this.#sound.leg;
  }

  dial(): void {
    throw new Error('this telephone calls, it is not called');
  }

  /** Without a description of ours there is no early media: their side plays a ring of its own. */
  ring(): void {
    if (!this.#answered && !this.#closed) this.#call.ring();
  }

  async answer(): Promise<void> {
    this.#answered = true;
    const late = await this.#call.answer(this.#description);
    if (this.#call.offer === null) {
      if (late === null) throw new Error('the ACK brought no answer to our offer');
      await this.#sound.accept(late);
    } else await this.#sound.flow();
  }

  close(why: CloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    this.listener = null;
    this.#call.hangUp(refusalOf(why.sipCode));
    this.#deaf();
    this.#sound.close();
    this.#released();
  }

  cancelled(): void {
    this.listener?.ended('canceled', 487);
  }

  offered(sdp: string | null): Promise<string> {
    return this.#sound.offeredAgain(sdp);
  }

  answeredAgain(sdp: string): void {
    this.#sound.accept(sdp).catch((error: unknown) => {
      this.#parts.log.warn({ err: error, leg: this.#sound.leg }, 'an answer is not understood');
    });
  }

  info(contentType: string, body: string): void {
    const key = keyOfInfo(contentType, body);
    if (key !== null) this.#parts.media.press(this.#sound.leg, key);
  }

  ended(end: SipEnd): void {
    if (end.kind === 'lost') {
      this.#parts.log.info({ leg: this.#sound.leg, why: end.text }, 'a telephone is gone');
    }
    this.listener?.ended('completed', 200);
  }
}

/** RFC 3261 §21.4.18: whatever the caller did not do itself is "temporarily unavailable". */
function refusalOf(sipCode: number): number {
  return sipCode >= 400 && sipCode !== 487 ? sipCode : 480;
}
