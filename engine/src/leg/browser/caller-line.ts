import type { Logger } from 'pino';
import type { MediaLink } from '../../media-link.ts';
import type { CloseReason, Line, LineListener } from '../line.ts';
import { BrowserPeer, type PeerTimes } from './browser-peer.ts';
import type { SignalSocket } from './signal-socket.ts';

/** The line of a browser that calls us. */
export class CallerLine implements Line {
  readonly mediaLeg: string;
  readonly peer: BrowserPeer;
  readonly #sid: string;
  readonly #answerSdp: Promise<string>;
  /** Set once the call exists: the call needs its line first. */
  listener: LineListener | null = null;

  constructor(
    options: { sid: string; sdkName: string; sdp: string; socket: SignalSocket; times: PeerTimes },
    media: MediaLink,
    log: Logger,
  ) {
    const { sid, sdkName, sdp, socket, times } = options;
    this.#sid = sid;
    this.mediaLeg = sid;
    const peer = { leg: sid, names: [sid, sdkName], socket, times };
    this.peer = new BrowserPeer(peer, media, log, (why) => {
      log.info({ call: sid, why }, 'a browser leg is gone');
      if (this.peer.socket === null) this.listener?.ended('completed', 200);
      else this.listener?.ended('failed', 500);
    });
    // The browser's offer is answered while the application is still being asked what to do.
    this.#answerSdp = media.ask('leg.acceptOffer', { leg: sid, sdp }).then((answer) => {
      this.peer.remember(sdp, answer.sdp);
      return answer.sdp;
    });
    this.#answerSdp.catch((error: unknown) => {
      log.error({ err: error, call: sid }, 'a browser’s offer was not accepted');
      this.listener?.ended('failed', 488);
    });
  }

  dial(): void {
    throw new Error('this browser calls, it is not called');
  }

  async answer(): Promise<void> {
    this.peer.expectSound();
    const sdp = await this.#answerSdp;
    const { reconnect } = this.peer;
    this.peer.socket?.send({ type: 'answer', payload: { callsid: this.#sid, sdp, reconnect } });
    this.peer.listens();
    await this.peer.flowing;
  }

  ring(): void {
    // Without a description of ours there is no early media: the page plays a ring of its own.
    this.peer.socket?.send({ type: 'ringing', payload: { callsid: this.#sid } });
    this.peer.listens();
  }

  close(why: CloseReason): void {
    this.listener = null;
    const error = why.error ? { error: why.error } : {};
    for (const callsid of this.peer.names) {
      this.peer.socket?.send({ type: 'hangup', payload: { callsid, ...error } });
    }
    this.peer.close();
  }
}
