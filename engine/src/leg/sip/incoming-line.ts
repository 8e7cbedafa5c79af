import type {
  IncomingCall,
  IncomingListener,
  OpenDialog,
  SipEnd,
} from '../../sip/user-agent/calls.ts';
import type { FinalStatus } from '../call-record.ts';
import type { CloseReason, Line, LineListener } from '../line.ts';
import type { SipLineParts } from './attempt.ts';
import { nothingHeard, reasonHeader, telephoneGone, type Silence } from './failures.ts';
import { keyOfInfo } from './key-info.ts';
import { SipSound, type SoundListener, type SoundTerms } from './sip-sound.ts';

/** The call of the line. */
export interface IncomingLineListener extends LineListener {
  readonly sid: string;
}

/** The line of somebody who calls us by SIP. */
export class IncomingLine implements Line, IncomingListener, SoundListener {
  readonly #call: IncomingCall;
  readonly #parts: SipLineParts;
  readonly #sound: SipSound;
  readonly #released: () => void;
  /** Our half of what is agreed: an answer, or an offer where theirs is to come late. */
  #description = '';
  #listener: IncomingLineListener | null = null;
  /** How it ended before there was anybody to tell. */
  #gone: FinalStatus | null = null;
  /** What took the telephone away, where it did not hang up. */
  #problem: string | null = null;
  #answered = false;
  #closed = false;

  private constructor(call: IncomingCall, leg: string, parts: SipLineParts, released: () => void) {
    this.#call = call;
    this.#parts = parts;
    this.#sound = new SipSound(leg, parts.media, this);
    this.#released = released;
    call.listener = this;
  }

  /**
   * Finds a port for the sound and looks at what is offered; `released` is called once, when the
   * line is closed. Rejects with SdpRefused when it cannot be agreed to; nothing is left open then,
   * and the call is still to be refused.
   */
  static async open(
    call: IncomingCall,
    leg: string,
    terms: SoundTerms,
    parts: SipLineParts,
    released: () => void,
  ): Promise<IncomingLine> {
    const line = new IncomingLine(call, leg, parts, released);
    try {
      await line.#open(terms);
      return line;
    } catch (error) {
      line.#release();
      throw error;
    }
  }

  /** Whom it tells from now on: the call needs its line first. */
  attach(listener: IncomingLineListener): void {
    this.#listener = listener;
    if (this.#gone !== null) listener.ended(this.#gone, SIP_CANCELLED);
  }

  get mediaLeg(): string {
    return this.#sound.leg;
  }

  dial(): void {
    throw new Error('this telephone calls, it is not called');
  }

  /** Without a description of ours there is no early media yet: their side plays a ring of its own. */
  ring(): void {
    if (!this.#answered && !this.#closed) this.#call.ring();
  }

  /**
   * 183 with our description (RFC 3960 §3.1). Who has made no offer gets ours with the answer only:
   * before it there is nothing agreed about sound (RFC 3261 §13.2.1).
   */
  async openEarly(): Promise<boolean> {
    if (this.#answered || this.#closed || this.#call.offer === null) return false;
    try {
      await this.#sound.flow();
    } catch (error) {
      this.#parts.log.warn({ err: error, leg: this.#sound.leg }, 'early media cannot be sent');
      return false;
    }
    if (this.#answered || this.#closed) return false;
    this.#call.ring(this.#description);
    return true;
  }

  async answer(): Promise<void> {
    this.#answered = true;
    try {
      const offered = this.#call.offer !== null;
      if (offered) await this.#sound.flow();
      const late = await this.#call.answer(this.#description);
      if (late !== null) await this.#sound.accept(late);
      else if (!offered) throw new Error('the ACK brought no answer to our offer');
      this.#sound.expect();
    } catch (error) {
      this.#listener?.ended('failed', 488);
      throw error;
    }
  }

  close(why: CloseReason): void {
    if (this.#closed) return;
    this.#listener = null;
    const reason = this.#problem === null ? [] : [reasonHeader(this.#problem)];
    this.#call.hangUp(refusalOf(why.sipCode), reason);
    this.#release();
  }

  open(dialog: OpenDialog): void {
    const { leg } = this.#sound;
    this.#parts.dialogs.save({ ...dialog, leg, trunkSid: null, keptAt: Date.now() });
  }

  gone(id: string): void {
    this.#parts.dialogs.forget(id);
  }

  cancelled(): void {
    this.#gone = 'canceled';
    this.#listener?.ended('canceled', SIP_CANCELLED);
  }

  async offered(sdp: string | null): Promise<string> {
    // Before the answer, too (RFC 3311 §5.1): the 2xx must not bring back what was agreed first.
    this.#description = await this.#sound.offeredAgain(sdp);
    return this.#description;
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
    if (end.kind === 'bye') this.#listener?.ended('completed', 200);
    else this.lost(end.text);
  }

  heard(): void {
    // Whoever calls is heard from the answer on, and nobody waits for it before that.
  }

  silent(silence: Silence): void {
    if (this.#listener === null) return;
    this.#parts.notice(this.#listener.sid, nothingHeard(silence), 'warning');
  }

  lost(problem: string): void {
    // Before the answer a caller need not send anything (RFC 3960 §3.2).
    if (this.#listener === null || !this.#answered) return;
    this.#problem = problem;
    this.#parts.notice(this.#listener.sid, telephoneGone(problem));
    this.#listener.ended('completed', 200);
  }

  async #open(terms: SoundTerms): Promise<void> {
    const { offer, source } = this.#call;
    const agent = await this.#parts.sip.ready();
    await this.#sound.open(agent.localAddress(source).host, terms);
    // RFC 3261 §13.2.1: an INVITE without an offer gets one of ours in the 2xx.
    this.#description = offer === null ? this.#sound.offer() : this.#sound.answer(offer);
  }

  #release(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sound.close();
    this.#released();
  }
}

/** RFC 3261 §21.4.25 (487 Request Terminated). */
const SIP_CANCELLED = 487;

/** RFC 3261 §21.4.18: whatever the caller did not do itself is "temporarily unavailable". */
function refusalOf(sipCode: number): number {
  return sipCode >= 400 && sipCode !== 487 ? sipCode : 480;
}
