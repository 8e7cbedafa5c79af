import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { MediaLink } from '../../media-link.ts';
import type { Call } from '../call.ts';
import { API_VERSION } from '../call-callbacks.ts';
import type { Line } from '../line.ts';
import { CallRefused, type Destination, type Switchboard } from '../switchboard.ts';
import type { Access, TokenIssuer } from './access-token.ts';
import type { BrowserPeer, PeerTimes } from './browser-peer.ts';
import type { CallMessages } from './call-messages.ts';
import { CallerLine } from './caller-line.ts';
import { DevicesLine } from './devices-line.ts';
import type { ClientMessage, Invite, SentMessage } from './messages.ts';
import { SignalSocket, type SocketOwner, type SocketTimes } from './signal-socket.ts';

export interface PhonesOptions {
  issuer: TokenIssuer;
  twimlAppSid: string;
  messages: CallMessages;
  times: PeerTimes & SocketTimes;
}

const MAX_FRAME_BYTES = 256 * 1024;
const MAX_SOCKETS = 5_000;

/** A call on a browser, while it may still be spoken about. */
interface Engaged {
  peer: BrowserPeer;
  call: Call;
  devices: DevicesLine | null;
}

/** The Voice SDK's side of the engine: sockets, registrations, and the calls on them. */
export class Phones implements SocketOwner {
  readonly #options: PhonesOptions;
  readonly #switchboard: Switchboard;
  readonly #media: MediaLink;
  readonly #log: Logger;
  /** A browser's call arrived and waits for its TwiML. */
  readonly #onIncoming: (call: Call) => void;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  readonly #sockets = new Set<SignalSocket>();
  readonly #registered = new Map<SignalSocket, string>();
  readonly #engaged = new Map<BrowserPeer, Engaged>();

  constructor(
    options: PhonesOptions,
    switchboard: Switchboard,
    media: MediaLink,
    log: Logger,
    onIncoming: (call: Call) => void,
  ) {
    this.#options = options;
    this.#switchboard = switchboard;
    this.#media = media;
    this.#log = log;
    this.#onIncoming = onIncoming;
    options.messages.deliverTo((callSid, message) => this.#giveMessage(callSid, message));
    switchboard.onPlaced.listen((call) => this.#engage(call));
    switchboard.onEnded.listen(({ call }) => this.#release(call));
  }

  /** Takes over a connection that asks for /signal. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#sockets.size >= MAX_SOCKETS) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      const { issuer, times } = this.#options;
      this.#sockets.add(new SignalSocket(ws, this, issuer, times, this.#log));
    });
  }

  /** The line to every browser registered as `identity`; one that ends at once when there is none. */
  lineTo(identity: string, call: Destination): Line {
    const sockets = [...this.#registered].filter(([, name]) => name === identity);
    return new DevicesLine(
      {
        sid: call.sid,
        sockets: sockets.map(([socket]) => socket),
        times: this.#options.times,
        parameters: {
          CallSid: call.sid,
          AccountSid: this.#options.issuer.accountSid,
          ApiVersion: API_VERSION,
          From: call.from,
          To: `client:${identity}`,
          ...customParameters(call.parameters),
        },
      },
      this.#media,
      this.#log,
    );
  }

  /** Whose browsers are registered, one for each browser. */
  get identities(): string[] {
    return [...this.#registered.values()];
  }

  get registrations(): number {
    return this.#registered.size;
  }

  registered(socket: SignalSocket, access: Access): void {
    this.#registered.set(socket, access.identity);
  }

  unregistered(socket: SignalSocket): void {
    this.#registered.delete(socket);
  }

  closed(socket: SignalSocket): void {
    this.#sockets.delete(socket);
    this.#registered.delete(socket);
    for (const { peer } of [...this.#engaged.values()]) {
      if (peer.socket === socket) peer.socketClosed();
    }
  }

  message(socket: SignalSocket, message: ClientMessage, access: Access): void {
    switch (message.type) {
      case 'invite':
        if (message.payload.reconnect === undefined) this.#invite(socket, message.payload, access);
        else void this.#reconnect(socket, message.payload, message.payload.reconnect);
        return;
      case 'answer': {
        const engaged = this.#find(socket, message.payload.callsid);
        if (engaged?.devices) void engaged.devices.accept(engaged.peer, message.payload.sdp);
        else socket.send({ type: 'cancel', payload: { callsid: message.payload.callsid } });
        return;
      }
      case 'reinvite':
        void this.#reinvite(socket, message.payload.callsid, message.payload.sdp);
        return;
      case 'reject': {
        const engaged = this.#find(socket, message.payload.callsid);
        engaged?.devices?.reject(engaged.peer);
        return;
      }
      case 'hangup':
        this.#find(socket, message.payload.callsid)?.call.ended('completed', 200);
        return;
      case 'dtmf': {
        // Only browsers that cannot send RFC 4733 do so; a w is half a second of waiting to them.
        const engaged = this.#find(socket, message.payload.callsid);
        if (engaged) this.#media.press(engaged.peer.leg, message.payload.dtmf.replaceAll('w', ''));
        return;
      }
      case 'message':
        this.#takeMessage(socket, message.payload);
        return;
      case 'listen':
      case 'register':
        return;
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    await new Promise((resolve) => this.#server.close(resolve));
    for (const client of this.#server.clients) client.terminate();
  }

  #invite(socket: SignalSocket, invite: Invite, access: Access): void {
    const refuse = (code: number, message: string) =>
      socket.send({
        type: 'hangup',
        payload: { callsid: invite.callsid, error: { code, message } },
      });
    if (access.applicationSid !== this.#options.twimlAppSid) {
      return refuse(31_002, 'The access token does not allow calls to this application');
    }
    const sent = Object.fromEntries(new URLSearchParams(invite.twilio?.params ?? ''));
    const parameters = { ...sent, ...access.parameters };
    try {
      const call = this.#switchboard.receive(
        { from: `client:${access.identity}`, to: parameters.To ?? '', parameters },
        (sid) => {
          const { callsid: sdkName, sdp } = invite;
          const options = { sid, sdkName, sdp, socket, times: this.#options.times };
          return new CallerLine(options, this.#media, this.#log);
        },
      );
      // The line was made a few lines above.
      const made = call.line as CallerLine;
      made.listener = call;
      this.#engaged.set(made.peer, { peer: made.peer, call, devices: null });
      this.#onIncoming(call);
    } catch (error) {
      if (!(error instanceof CallRefused)) throw error;
      refuse(31_002, error.message);
    }
  }

  /** The SDK lost its socket, or its page was loaded again, and wants its call back. */
  async #reconnect(socket: SignalSocket, invite: Invite, token: string): Promise<void> {
    const engaged = [...this.#engaged.values()].find(({ peer }) => peer.reconnect === token);
    if (engaged === undefined) {
      // The call ended while the browser was away.
      socket.send({ type: 'hangup', payload: { callsid: invite.callsid } });
      return;
    }
    engaged.peer.adopt(socket);
    await this.#answerOffer(socket, engaged, invite.sdp);
  }

  async #reinvite(socket: SignalSocket, callsid: string, sdp: string): Promise<void> {
    const engaged = this.#find(socket, callsid);
    if (engaged) await this.#answerOffer(socket, engaged, sdp);
  }

  async #answerOffer(socket: SignalSocket, engaged: Engaged, offer: string): Promise<void> {
    const { peer, call } = engaged;
    const { sid: callsid } = call;
    const { reconnect } = peer;
    try {
      // An SDK that was called repeats its own answer here; there is nothing to answer to that.
      const sdp = isOffer(offer) ? { sdp: await peer.reoffer(offer) } : {};
      socket.send({ type: 'answer', payload: { callsid, reconnect, ...sdp } });
    } catch (error) {
      this.#log.warn({ err: error, call: callsid }, 'a browser’s new offer was not accepted');
      socket.send({ type: 'answer', payload: { callsid, reconnect } });
    }
    peer.listens();
  }

  #takeMessage(socket: SignalSocket, message: SentMessage): void {
    const { callsid, voiceeventsid } = message;
    const engaged = this.#find(socket, callsid);
    const error =
      engaged === undefined
        ? { code: 31_404, message: 'There is no such call' }
        : this.#options.messages.receive(engaged.call, message);
    if (error !== null) socket.send({ type: 'error', payload: { error, callsid, voiceeventsid } });
    else socket.send({ type: 'ack', payload: { acktype: 'message', callsid, voiceeventsid } });
  }

  /** To every browser that has the call, or rings with it. */
  #giveMessage(callsid: string, message: Omit<SentMessage, 'callsid'>): boolean {
    const having = [...this.#engaged.values()].filter(({ call }) => call.sid === callsid);
    for (const { peer } of having) peer.say({ type: 'message', payload: { callsid, ...message } });
    return having.length > 0;
  }

  /** The call of a devices line exists now: its browsers may speak about it. */
  #engage(call: Call): void {
    if (!(call.line instanceof DevicesLine)) return;
    for (const peer of call.line.peers) {
      this.#engaged.set(peer, { peer, call, devices: call.line });
    }
  }

  #find(socket: SignalSocket, callsid: string): Engaged | undefined {
    return [...this.#engaged.values()].find(
      ({ peer }) => peer.socket === socket && peer.names.has(callsid),
    );
  }

  #release(call: Call): void {
    for (const [peer, engaged] of this.#engaged) {
      if (engaged.call === call) this.#engaged.delete(peer);
    }
  }
}

/** RFC 8842 5.2: an offer says actpass, an answer says active or passive. */
function isOffer(sdp: string): boolean {
  return /^a=setup:actpass\r?$/m.test(sdp);
}

/** The SDK reads this as a query, and knows %20 and + alike; its values may hold anything. */
function customParameters(given: Readonly<Record<string, string>>): Record<string, string> {
  const text = new URLSearchParams(given).toString();
  return text === '' ? {} : { Params: text };
}
