import type { Logger } from 'pino';
import type { MediaLink } from '../../media-link.ts';
import type { CloseReason, Line, LineListener } from '../line.ts';
import { BrowserPeer, type PeerTimes } from './browser-peer.ts';
import type { SignalSocket } from './signal-socket.ts';

interface Ringing {
  peer: BrowserPeer;
  invited: boolean;
}

/**
 * The line to an identity: rings every browser that registered it; the first to answer has the
 * call, the others stop ringing.
 */
export class DevicesLine implements Line {
  readonly #sid: string;
  readonly #media: MediaLink;
  readonly #log: Logger;
  readonly #ringing: Ringing[];
  readonly #parameters: Record<string, string>;
  #listener: LineListener | null = null;
  #taken: BrowserPeer | null = null;

  constructor(
    options: {
      sid: string;
      sockets: readonly SignalSocket[];
      parameters: Record<string, string>;
      times: PeerTimes;
    },
    media: MediaLink,
    log: Logger,
  ) {
    this.#sid = options.sid;
    this.#media = media;
    this.#log = log;
    this.#parameters = options.parameters;
    this.#ringing = options.sockets.map((socket, index) => {
      const names = [options.sid];
      const peer = { leg: `${options.sid}-${index}`, names, socket, times: options.times };
      const one: Ringing = {
        peer: new BrowserPeer(peer, media, log, () => this.#left(one)),
        invited: false,
      };
      return one;
    });
  }

  get mediaLeg(): string | null {
    return this.#taken?.leg ?? null;
  }

  /** Every browser that may still send something about this call. */
  get peers(): BrowserPeer[] {
    return this.#ringing.map((one) => one.peer);
  }

  dial(listener: LineListener): void {
    this.#listener = listener;
    // RFC 3261 21.4.18 (480 Temporarily Unavailable): nobody is registered.
    if (this.#ringing.length === 0) listener.ended('no-answer', 480);
    for (const one of [...this.#ringing]) void this.#invite(one);
  }

  answer(): Promise<void> {
    return Promise.reject(new Error('these browsers are called, they do not call'));
  }

  /** A browser picked up. */
  async accept(peer: BrowserPeer, sdp: string): Promise<void> {
    if (this.#taken !== null || this.#listener === null) {
      peer.socket?.send({ type: 'cancel', payload: { callsid: this.#sid } });
      return;
    }
    this.#taken = peer;
    for (const one of this.#ringing) if (one.peer !== peer) this.#dismiss(one, 'cancel');
    this.#ringing.splice(0, this.#ringing.length, { peer, invited: true });
    try {
      peer.expectSound();
      await this.#media.ask('leg.acceptAnswer', { leg: peer.leg, sdp });
      await peer.flowing;
      this.#listener?.answered();
    } catch (error) {
      // Nobody listens any more when the call ended meanwhile.
      if (this.#listener === null) return;
      this.#log.warn({ err: error, call: this.#sid }, 'a browser answered without sound');
      this.#listener.ended('failed', 488);
    }
  }

  /**
   * A browser declined, and so the identity did: the call is over and its other browsers stop
   * ringing (https://github.com/twilio/twilio-voice.js/issues/435).
   */
  reject(peer: BrowserPeer): void {
    const one = this.#ringing.find((ringing) => ringing.peer === peer);
    if (one === undefined || this.#taken !== null) return;
    peer.close();
    this.#ringing.splice(this.#ringing.indexOf(one), 1);
    // RFC 3261 21.4.24 (486 Busy Here): Twilio calls a declined call busy.
    this.#listener?.ended('busy', 486);
  }

  close(why: CloseReason): void {
    this.#listener = null;
    for (const one of this.#ringing) {
      if (one.peer === this.#taken) {
        const error = why.error ? { error: why.error } : {};
        one.peer.socket?.send({ type: 'hangup', payload: { callsid: this.#sid, ...error } });
        one.peer.close();
      } else this.#dismiss(one, 'cancel');
    }
    this.#ringing.length = 0;
  }

  async #invite(one: Ringing): Promise<void> {
    const { peer } = one;
    try {
      const { sdp } = await this.#media.ask('leg.makeOffer', { leg: peer.leg });
      if (this.#listener === null || this.#taken !== null || peer.socket === null) return;
      peer.socket.send({
        type: 'invite',
        payload: {
          callsid: this.#sid,
          sdp,
          reconnect: peer.reconnect,
          parameters: this.#parameters,
        },
      });
      one.invited = true;
      peer.listens();
      this.#listener.ringing();
    } catch (error) {
      this.#log.error({ err: error, call: this.#sid }, 'a browser could not be rung');
      peer.close();
      this.#left(one);
    }
  }

  #dismiss(one: Ringing, type: 'cancel'): void {
    if (one.invited) one.peer.socket?.send({ type, payload: { callsid: this.#sid } });
    one.peer.close();
  }

  #left(one: Ringing): void {
    const index = this.#ringing.indexOf(one);
    if (index >= 0) this.#ringing.splice(index, 1);
    const listener = this.#listener;
    if (listener === null) return;
    if (one.peer === this.#taken) listener.ended('completed', 200);
    else if (this.#ringing.length > 0) return;
    else listener.ended('no-answer', 480);
  }
}
