import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import { readAccessToken, TokenRefused, type Access, type TokenIssuer } from './access-token.ts';
import { ClientMessage, type ServerMessage } from './messages.ts';

export interface SocketOwner {
  /** A message that is not about the socket itself. `access` is the newest token's. */
  message(socket: SignalSocket, message: ClientMessage, access: Access): void;
  registered(socket: SignalSocket, access: Access): void;
  unregistered(socket: SignalSocket): void;
  closed(socket: SignalSocket): void;
}

export interface SocketTimes {
  heartbeatMs: number;
  socketSilenceMs: number;
}

/**
 * Where the SDK is told to be. No region of Twilio's, so that an SDK with `publishEvents` finds no
 * host of Twilio's to send its diagnoses to.
 */
const HERE = { edge: 'local', region: 'local', gateway: 'offhook', home: 'local' } as const;
const EXPIRED = { code: 20_104, message: 'The access token has expired' } as const;

/**
 * One browser's signalling socket: heartbeat, token, registration. It is never closed for a bad
 * token: the SDK would come back at once, for ever.
 */
export class SignalSocket {
  readonly #socket: WebSocket;
  readonly #owner: SocketOwner;
  readonly #issuer: TokenIssuer;
  readonly #log: Logger;
  readonly #heartbeat: NodeJS.Timeout;
  #access: Access | null = null;
  #registered = false;
  #expiry: NodeJS.Timeout | null = null;
  #heardAt = Date.now();
  /** Messages are handled in the order in which they came, also while a token is being checked. */
  #work: Promise<void> = Promise.resolve();

  constructor(
    socket: WebSocket,
    owner: SocketOwner,
    issuer: TokenIssuer,
    times: SocketTimes,
    log: Logger,
  ) {
    this.#socket = socket;
    this.#owner = owner;
    this.#issuer = issuer;
    this.#log = log;
    this.#heartbeat = setInterval(() => this.#beat(times.socketSilenceMs), times.heartbeatMs);
    socket.on('message', (data) => {
      this.#heardAt = Date.now();
      this.#work = this.#work
        .then(() => this.#receive(data))
        .catch((error: unknown) => {
          this.#log.error({ err: error }, 'a signalling message was not handled');
        });
    });
    socket.on('error', (error) => this.#log.debug({ err: error }, 'signalling socket'));
    socket.on('close', () => {
      clearInterval(this.#heartbeat);
      if (this.#expiry) clearTimeout(this.#expiry);
      this.#owner.closed(this);
    });
  }

  get open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  send(message: ServerMessage): void {
    if (this.open) this.#socket.send(JSON.stringify(message));
  }

  close(): void {
    this.#socket.close(1001);
  }

  #beat(silenceMs: number): void {
    if (Date.now() - this.#heardAt > silenceMs) this.#socket.terminate();
    else if (this.open) this.#socket.send('\n');
  }

  async #receive(data: RawData): Promise<void> {
    // eslint-disable-next-line @typescript-eslint/no-base-to-string -- text frames are Buffers
    const text = data.toString();
    if (text.trim() === '') return;
    const message = parse(text);
    if (message === null) {
      this.#error(31_100, 'The engine does not understand this message');
    } else if (message.type === 'listen') {
      await this.#listen(message.payload.token);
    } else if (this.#access === null) {
      this.#error(31_204, 'Send a valid access token first', message);
    } else if (this.#access.expiresAt <= Date.now()) {
      this.#refuseExpired(message);
    } else if (message.type === 'register') {
      this.#register(message.payload.media.audio, this.#access);
    } else {
      this.#owner.message(this, message, this.#access);
    }
  }

  async #listen(token: unknown): Promise<void> {
    try {
      this.#admit(await readAccessToken(token, this.#issuer));
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      this.#error(error.code, error.message);
    }
  }

  #admit(access: Access): void {
    // A socket that was closed while its token was checked has nothing to be told.
    if (!this.open) return;
    const other = this.#access !== null && this.#access.identity !== access.identity;
    this.#access = access;
    const leftMs = access.expiresAt - Date.now();
    if (this.#expiry) clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.#expire(), leftMs);
    // A new token may be somebody else's, or no longer one for incoming calls.
    if (this.#registered && (other || !access.mayReceive)) {
      if (access.mayReceive) this.#owner.registered(this, access);
      else this.#unregister();
    }
    this.send({
      type: 'connected',
      payload: {
        ...HERE,
        token: { identity: access.identity, ttl: Math.max(0, Math.floor(leftMs / 1000)) },
      },
    });
  }

  /** Nobody can be called by an old token; a call that runs goes on. */
  #expire(): void {
    const { code, message } = EXPIRED;
    this.#error(code, message);
    if (this.#registered) this.#unregister();
  }

  #unregister(): void {
    this.#registered = false;
    this.#owner.unregistered(this);
    this.send({ type: 'offline', payload: {} });
  }

  #register(audio: boolean, access: Access): void {
    if (!audio) {
      this.#unregister();
    } else if (!access.mayReceive) {
      this.#error(31_204, 'The access token does not allow incoming calls');
    } else {
      this.#registered = true;
      this.#owner.registered(this, access);
      this.send({ type: 'ready', payload: {} });
    }
  }

  /** A call that runs goes on without a valid token; nothing new begins without one. */
  #refuseExpired(message: ClientMessage): void {
    const goesOn = message.type !== 'register' && message.type !== 'invite';
    const reconnects = message.type === 'invite' && message.payload.reconnect !== undefined;
    if ((goesOn || reconnects) && this.#access !== null) {
      this.#owner.message(this, message, this.#access);
      return;
    }
    this.#error(EXPIRED.code, EXPIRED.message, message);
    if (message.type === 'invite') {
      const { callsid } = message.payload;
      this.send({ type: 'hangup', payload: { callsid, error: EXPIRED } });
    }
  }

  #error(code: number, message: string, about?: ClientMessage): void {
    const payload = about?.payload;
    const callsid =
      payload !== undefined && 'callsid' in payload && payload.callsid !== undefined
        ? { callsid: payload.callsid }
        : {};
    this.send({ type: 'error', payload: { error: { code, message }, ...callsid } });
  }
}

function parse(text: string): ClientMessage | null {
  try {
    return ClientMessage.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
