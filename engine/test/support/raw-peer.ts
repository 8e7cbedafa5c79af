import { createSocket, type Socket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { cseqOf } from '../../src/sip/message/fields.ts';
import { responseTo } from '../../src/sip/message/make.ts';
import type { SipMessage, SipRequest, SipResponse } from '../../src/sip/message/message.ts';
import { parseMessage } from '../../src/sip/message/parse.ts';
import { writeMessage } from '../../src/sip/message/write.ts';

export interface Said {
  /** The To tag of an answer. */
  tag?: string;
  sdp?: string;
  headers?: Record<string, string>;
  /** Without one. */
  contact?: false;
}

/** Of a request: with a number or a branch of its own choice. */
export interface Sent extends Said {
  cseq?: number;
  branch?: string;
}

const KNOCK = Buffer.from('\r\n\r\n');

/** A far end that does what its test says, right or wrong, one datagram at a time. */
export class RawPeer {
  readonly port: number;
  /** What came, in order, repetitions too: `INVITE`, `200 BYE` … */
  readonly heard: string[] = [];
  /** 200 to every BYE, so that nobody has to wait for the end. */
  answersBye = false;
  readonly #socket: Socket;
  readonly #messages: SipMessage[] = [];
  readonly #keys = new Set<string>();
  readonly #waiting = new Set<() => void>();
  #ours = 0;

  static open(): Promise<RawPeer> {
    return new Promise((resolve, reject) => {
      const socket = createSocket('udp4').once('error', reject);
      socket.bind(0, '127.0.0.1', () => resolve(new RawPeer(socket)));
    });
  }

  constructor(socket: Socket) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on('message', (bytes) => {
      // A knock at the port, and no message.
      if (bytes.equals(KNOCK)) return;
      const message = parseMessage(bytes);
      this.heard.push(nameOf(message));
      if (this.#keys.has(keyOf(message))) return;
      this.#keys.add(keyOf(message));
      this.#messages.push(message);
      if (this.answersBye && message.kind === 'request' && message.method === 'BYE') {
        this.answer(message, 200);
      }
      for (const look of [...this.#waiting]) look();
    });
  }

  /** The `nth` request of that method; one that comes again is the same. */
  request(method: string, nth = 1): Promise<SipRequest> {
    return this.#next(method, nth) as Promise<SipRequest>;
  }

  /** The `nth` answer of that name: `200 INVITE`. */
  response(name: string, nth = 1): Promise<SipResponse> {
    return this.#next(name, nth) as Promise<SipResponse>;
  }

  /** So many requests of that method, or answers of that name, have come; repetitions count once. */
  count(name: string): number {
    return this.#messages.filter((message) => nameOf(message) === name).length;
  }

  answer(request: SipRequest, status: number, said: Said = {}): void {
    const response = responseTo(request, status, null, said.tag ?? null);
    const port = viaPort(request);
    this.#send(this.#fill(response, said), port);
  }

  /** The final answer to the request of ours with that number. */
  final(cseq: number): Promise<SipResponse> {
    return this.#find(
      (message) =>
        message.kind === 'response' && message.status >= 200 && cseqOf(message).number === cseq,
      1,
    ) as Promise<SipResponse>;
  }

  /**
   * A request of ours to that port, in a dialog when `headers` have its To with a tag. Returns its
   * CSeq number.
   */
  send(port: number, method: string, said: Sent = {}): number {
    this.#ours += 1;
    const cseq = said.cseq ?? this.#ours;
    const lines = {
      Via: `SIP/2.0/UDP 127.0.0.1:${this.port};branch=${said.branch ?? `z9hG4bK${randomBytes(6).toString('hex')}`}`,
      'Max-Forwards': '70',
      From: '<sip:peer@127.0.0.1>;tag=peer',
      To: '<sip:us@127.0.0.1>',
      'Call-ID': 'raw',
      CSeq: `${cseq} ${method}`,
      ...said.headers,
    };
    const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}`);
    const text = [`${method} sip:us@127.0.0.1:${port} SIP/2.0`, ...head, '', ''].join('\r\n');
    const request = parseMessage(Buffer.from(text));
    this.#send(this.#fill(request, { ...said, headers: {} }), port);
    return cseq;
  }

  close(): void {
    this.#socket.close();
  }

  #fill<M extends SipMessage>(message: M, { sdp, headers = {}, contact }: Said): M {
    if (contact !== false) {
      message.headers.append('Contact', `<sip:peer@127.0.0.1:${this.port}>`);
    }
    for (const [name, value] of Object.entries(headers)) message.headers.append(name, value);
    if (sdp !== undefined) {
      if (message.headers.get('Content-Type') === null) {
        message.headers.append('Content-Type', 'application/sdp');
      }
      message.body = Buffer.from(sdp);
    }
    return message;
  }

  #send(message: SipMessage, port: number): void {
    this.#socket.send(writeMessage(message), port, '127.0.0.1');
  }

  #next(name: string, nth: number): Promise<SipMessage> {
    return this.#find((message) => nameOf(message) === name, nth);
  }

  #find(fits: (message: SipMessage) => boolean, nth: number): Promise<SipMessage> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.#messages.filter(fits)[nth - 1];
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

function nameOf(message: SipMessage): string {
  if (message.kind === 'request') return message.method;
  return `${message.status} ${cseqOf(message).method}`;
}

/** The same for a message that comes again: its transaction, and what it says there. */
function keyOf(message: SipMessage): string {
  const branch = /branch=([^;]+)/.exec(message.headers.get('Via')!)![1];
  const tag = message.headers.get('RSeq') ?? '';
  return `${nameOf(message)} ${branch} ${tag}`;
}

/** Where the answer goes: everybody here says its own port in Via. */
function viaPort(request: SipRequest): number {
  return Number(/:(\d+)/.exec(request.headers.get('Via')!)![1]);
}
