import type { Logger } from 'pino';
import type { MediaLink } from '../../media-link.ts';
import type { Hop } from '../../sip/message/message.ts';
import type {
  InviteFailure,
  OpenDialog,
  OutgoingListener,
  Patience,
  SipCall,
  SipEnd,
  UserAgent,
} from '../../sip/user-agent/calls.ts';
import type { SipLink } from '../../sip-link.ts';
import { readFailure, type CallFailure, type Unconnected } from '../../trunk/failure.ts';
import type { DialogRecords } from './dialog-record.ts';
import {
  broken,
  full,
  nowhere,
  NoDescription,
  reasonHeader,
  refusesOffer,
  unusableAnswer,
  type Silence,
} from './failures.ts';
import { keyOfInfo } from './key-info.ts';
import { SipSound, type SoundListener } from './sip-sound.ts';
import type { Way } from './way.ts';

/** What the lines of SIP calls are made with. */
export interface SipParts {
  sip: Pick<SipLink, 'ready'>;
  media: MediaLink;
  /** What lives is written down: whoever comes after a kill hangs it up. */
  dialogs: DialogRecords;
  log: Logger;
}

/** What a call's own line needs besides. */
export interface SipLineParts extends SipParts {
  /** Keeps what went wrong with a call, for people who look for the reason. */
  notice: (
    callSid: string,
    problem: { code: number; message: string },
    level?: 'error' | 'warning',
  ) => void;
}

/** Nothing comes after `failed` and `ended`. */
export interface AttemptListener {
  ringing(attempt: Attempt): void;
  /** There is sound before the answer (RFC 3960). */
  early(attempt: Attempt): void;
  /** Answered, and sound can flow. */
  answered(attempt: Attempt): void;
  /** Answered, and nothing comes that could be heard. */
  silent(attempt: Attempt, silence: Silence): void;
  /** `otherwise`: what we offered is refused, and on these terms they may take the call. */
  failed(attempt: Attempt, failure: CallFailure, otherwise: Way | null): void;
  /** An answered call is over. `problem`: what took it away, where it was no hang-up. */
  ended(attempt: Attempt, problem: string | null): void;
}

/**
 *  opening ──► inviting ──► answered ──► over
 *     └───────────┴──────────────────────┘
 *
 * One INVITE over one way, with a leg of its own.
 */
export class Attempt implements OutgoingListener, SoundListener {
  readonly way: Way;
  readonly sound: SipSound;
  readonly #parts: SipParts;
  readonly #listener: AttemptListener;
  #state: 'opening' | 'inviting' | 'answered' | 'over' = 'opening';
  #call: SipCall | null = null;

  constructor(way: Way, leg: string, parts: SipParts, listener: AttemptListener) {
    this.way = way;
    this.sound = new SipSound(leg, parts.media, this);
    this.#parts = parts;
    this.#listener = listener;
  }

  /** `isLast`: there is no other way, so whoever says nothing may take its time. */
  start({ isLast }: { isLast: boolean }): void {
    if (!this.way.take()) return this.#fail(full());
    this.#invite({ ms: HOP_PATIENCE_MS, withLast: !isLast }).catch((error: unknown) => {
      this.#parts.log.error({ err: error, leg: this.sound.leg }, 'a call could not be placed');
      this.#fail(broken(error));
    });
  }

  /** Takes it down: CANCEL or BYE, whatever fits, with its reason. Harmless twice. */
  close(reason: string | null = null): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#call?.hangUp(undefined, reason === null ? [] : [reasonHeader(reason)]);
    this.#release();
  }

  open(dialog: OpenDialog): void {
    const { trunkSid } = this.way;
    this.#parts.dialogs.save({ ...dialog, leg: this.sound.leg, trunkSid, keptAt: Date.now() });
  }

  gone(id: string): void {
    this.#parts.dialogs.forget(id);
  }

  progress(status: number, sdp: string | null): void {
    if (this.#state !== 'inviting') return;
    // RFC 3261 §21.1: whatever is more than 100 means that the far end works on it.
    if (status >= 180) this.#listener.ringing(this);
    if (sdp === null) return;
    // The answer proper may bring a better one.
    this.sound.accept(sdp).catch((error: unknown) => {
      this.#parts.log.info({ err: error, leg: this.sound.leg }, 'early media is not understood');
    });
  }

  answered(sdp: string | null): void {
    if (this.#state !== 'inviting') return;
    this.#agree(sdp)
      .then(
        () => {
          if (this.#state !== 'inviting') return;
          this.#state = 'answered';
          this.sound.expect();
          this.way.report(null);
          this.#listener.answered(this);
        },
        // RFC 3261 §13.2.2.4: an answer that is not acceptable is acknowledged, and then ended.
        (error: unknown) => this.#refuse(error),
      )
      .catch((error: unknown) => {
        this.#parts.log.error({ err: error, leg: this.sound.leg }, 'an answered call broke');
        this.#fail(broken(error));
      });
  }

  failed(failure: InviteFailure): void {
    if (this.#state === 'over') return;
    this.#unconnected(failure);
  }

  offered(sdp: string | null): Promise<string> {
    return this.sound.offeredAgain(sdp);
  }

  answeredAgain(sdp: string): void {
    this.sound.accept(sdp).catch((error: unknown) => {
      this.#parts.log.warn({ err: error, leg: this.sound.leg }, 'an answer is not understood');
    });
  }

  info(contentType: string, body: string): void {
    const key = keyOfInfo(contentType, body);
    if (key !== null) this.#parts.media.press(this.sound.leg, key);
  }

  ended(end: SipEnd): void {
    this.#end(end.kind === 'bye' ? null : end.text);
  }

  heard(): void {
    // RFC 3960 §3.2: a description alone is not sound, and many that send one send no more.
    if (this.#state === 'inviting') this.#listener.early(this);
  }

  silent(silence: Silence): void {
    this.#listener.silent(this, silence);
  }

  lost(problem: string): void {
    // RFC 3960 §3.2: many send a description early, and no sound before the answer.
    if (this.#state === 'answered') this.#end(problem);
  }

  async #invite(patience: Patience): Promise<void> {
    const { way, sound } = this;
    const { sip } = this.#parts;
    let agent: UserAgent;
    let hops: readonly Hop[];
    try {
      agent = await sip.ready();
      hops = await way.hops();
    } catch (error) {
      return this.#fail(nowhere(error));
    }
    const [first] = hops;
    if (first === undefined) return this.#fail(nowhere(new Error(`${way.uri.host} leads nowhere`)));
    // Behind NAT both are our public address: what carries SIP there is to carry sound too.
    await sound.open(agent.localAddress(first).host, way.terms);
    if (this.#state !== 'opening') return;
    this.#state = 'inviting';
    const { uri, from, to, largeByTcp, routes, credentials, headers } = way;
    const offer = sound.offer();
    const asked = {
      uri,
      hops,
      from,
      to,
      patience,
      largeByTcp,
      routes,
      credentials,
      headers,
      offer,
    };
    this.#call = agent.invite({ ...asked, sessionSeconds: SESSION_SECONDS }, this);
  }

  async #agree(sdp: string | null): Promise<void> {
    // RFC 3261 §13.2.1: the answer may have been in a reliable provisional answer already.
    if (sdp !== null) return this.sound.accept(sdp);
    if (!this.sound.agreed) throw new NoDescription();
    return this.sound.flow();
  }

  /** Answered, with something that cannot be used, or that something of ours could not. */
  #refuse(error: unknown): void {
    const failure = unusableAnswer(error);
    if (failure === null) this.#fail(broken(error));
    else if (this.#state !== 'over') this.#unconnected(failure);
  }

  #unconnected(failure: Unconnected): void {
    if (failure.kind !== 'cancelled') this.way.report(failure);
    this.#fail(readFailure(failure), refusesOffer(failure) ? this.way.otherwise : null);
  }

  #fail(failure: CallFailure, otherwise: Way | null = null): void {
    if (this.#state === 'over') return;
    this.close();
    this.#listener.failed(this, failure, otherwise);
  }

  #end(problem: string | null): void {
    if (this.#state === 'over') return;
    this.close(problem);
    this.#listener.ended(this, problem);
  }

  #release(): void {
    this.sound.close();
    this.way.release();
  }
}

/** A call must not wait for 64*T1 where somebody else could take it: as long as for a connection. */
const HOP_PATIENCE_MS = 5_000;
/** RFC 4028 §4: half an hour is what it recommends. */
const SESSION_SECONDS = 1800;
