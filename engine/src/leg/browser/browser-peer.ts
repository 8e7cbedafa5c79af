import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { LegNews, MediaLink } from '../../media-link.ts';
import type { ServerMessage } from './messages.ts';
import type { SignalSocket } from './signal-socket.ts';

/** How long sound may still take to come once the socket is gone. */
const SOCKET_RETURN_MS = 2_000;
/** More than this for a browser that is away is dropped. */
const MAX_UNSAID = 100;

export interface PeerTimes {
  mediaSetUpMs: number;
  mediaReturnMs: number;
}

/**
 *  waiting ──► flowing ──► gone
 *     └───────────────────► gone
 *
 * One browser's end of one call: its socket and its media leg. Either may go away for a moment; the
 * peer is gone when the socket is closed and no sound comes, or when the transport stays dead.
 */
export class BrowserPeer {
  readonly leg: string;
  /** Lets the SDK take the call up again on another socket. */
  readonly reconnect = randomBytes(24).toString('base64url');
  /** What the SDK may call this call: our CallSid, and its own name before it knew ours. */
  readonly names: ReadonlySet<string>;
  socket: SignalSocket | null;
  /** Resolves when sound flows; rejects when the peer goes before that. */
  readonly flowing: Promise<void>;
  readonly #media: MediaLink;
  readonly #times: PeerTimes;
  readonly #log: Logger;
  readonly #gone: (why: string) => void;
  readonly #deaf: () => void;
  #resolveFlowing!: () => void;
  #rejectFlowing!: (error: Error) => void;
  #state: 'waiting' | 'flowing' | 'gone' = 'waiting';
  #answered: { ufrag: string; answer: string } | null = null;
  #quiet = false;
  #expecting = false;
  /** The browser knows the call by our name, and its socket is there: it can be spoken to. */
  #attentive = false;
  readonly #unsaid: ServerMessage[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(
    options: { leg: string; names: readonly string[]; socket: SignalSocket; times: PeerTimes },
    media: MediaLink,
    log: Logger,
    gone: (why: string) => void,
  ) {
    this.leg = options.leg;
    this.names = new Set(options.names);
    this.socket = options.socket;
    this.#times = options.times;
    this.#media = media;
    this.#log = log;
    this.#gone = gone;
    this.flowing = new Promise((resolve, reject) => {
      this.#resolveFlowing = resolve;
      this.#rejectFlowing = reject;
    });
    // Whoever waits for the sound sees the rejection; nobody has to wait.
    this.flowing.catch(() => undefined);
    this.#deaf = media.onLeg(this.leg, (news) => this.#hear(news));
  }

  /** From here on sound must flow within the time allowed. */
  expectSound(): void {
    if (this.#state !== 'waiting') return;
    this.#expecting = true;
    this.#arm(this.#times.mediaSetUpMs, 'no sound could be set up');
  }

  socketClosed(): void {
    this.socket = null;
    this.#attentive = false;
    const why = 'the browser closed the connection';
    // Where sound is being set up, the socket alone may have dropped; before, it is all there is.
    if (this.#state === 'waiting' && this.#expecting) this.#arm(SOCKET_RETURN_MS, why);
    else if (this.#state === 'waiting' || this.#quiet) this.#leave(why);
  }

  /** The browser is back on another socket. */
  adopt(socket: SignalSocket): void {
    this.socket = socket;
    this.#attentive = false;
    if (this.#state === 'waiting' && this.#expecting) this.expectSound();
  }

  /** The browser has just been told of its call: what waited to be said follows. */
  listens(): void {
    this.#attentive = true;
    for (const message of this.#unsaid.splice(0)) this.socket?.send(message);
  }

  /** Says something now, or as soon as the browser can make sense of it. */
  say(message: ServerMessage): void {
    if (this.#attentive) this.socket?.send(message);
    else if (this.#unsaid.length < MAX_UNSAID) this.#unsaid.push(message);
  }

  /** The offer that was answered last, and how: an SDK that reconnects may repeat it. */
  remember(offer: string, answer: string): void {
    this.#answered = { ufrag: ufrag(offer), answer };
  }

  /** A new offer for the same leg: ICE restart, or a page that was loaded again. */
  async reoffer(sdp: string): Promise<string> {
    if (this.#answered?.ufrag === ufrag(sdp)) return this.#answered.answer;
    const answer = await this.#media.ask('leg.reoffer', { leg: this.leg, sdp });
    this.remember(sdp, answer.sdp);
    return answer.sdp;
  }

  /** Forgets the leg without telling anybody. */
  close(): void {
    if (this.#state === 'gone') return;
    if (this.#state === 'waiting') this.#rejectFlowing(new Error('the call is over'));
    this.#state = 'gone';
    this.#disarm();
    this.#deaf();
    this.#media.tell('leg.close', { leg: this.leg });
  }

  #hear(news: LegNews): void {
    switch (news.event) {
      case 'leg.connected':
        this.#disarm();
        this.#quiet = false;
        if (this.#state === 'waiting') {
          this.#state = 'flowing';
          this.#resolveFlowing();
        }
        return;
      case 'leg.heard':
      case 'leg.resumed':
        this.#quiet = false;
        this.#disarm();
        return;
      case 'leg.quiet':
        this.#quiet = true;
        if (this.socket === null) this.#leave('the browser is gone');
        return;
      case 'leg.lost':
        this.#quiet = true;
        this.#log.info({ leg: this.leg, why: news.data.why }, 'a browser leg lost its transport');
        if (this.socket === null) this.#leave(news.data.why);
        else this.#arm(this.#times.mediaReturnMs, news.data.why);
        return;
      case 'leg.digit':
      case 'play.ended':
      case 'demo.ended':
        return;
    }
  }

  #arm(ms: number, why: string): void {
    this.#disarm();
    this.#timer = setTimeout(() => this.#leave(why), ms);
  }

  #disarm(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #leave(why: string): void {
    if (this.#state === 'gone') return;
    this.close();
    this.#gone(why);
  }
}

/** RFC 8839 5.4: a new ice-ufrag is what makes an offer a new one. */
function ufrag(sdp: string): string {
  return /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? sdp;
}
