import { pino } from 'pino';
import type {
  DialogListener,
  IncomingCall,
  IncomingListener,
  InviteFailure,
  InviteOptions,
  OpenDialog,
  OutgoingListener,
  SipCall,
  SipEnd,
  UserAgent,
  UserAgentListener,
} from '../../src/sip/user-agent/calls.ts';
import { createUserAgent, type UserAgentOptions } from '../../src/sip/user-agent/user-agent.ts';
import { parseNameAddress } from '../../src/sip/message/address.ts';
import type { Hop } from '../../src/sip/message/message.ts';
import { parseUri } from '../../src/sip/message/uri.ts';

/** Something that a call has told. */
export type News =
  | { what: 'progress'; status: number; sdp: string | null }
  | { what: 'answered'; sdp: string | null }
  | { what: 'failed'; failure: InviteFailure }
  | { what: 'offered'; sdp: string | null }
  | { what: 'answeredAgain'; sdp: string }
  | { what: 'info'; contentType: string; body: string }
  | { what: 'ended'; end: SipEnd }
  | { what: 'cancelled' };

/** Nothing comes after them. */
const LAST = new Set(['failed', 'ended', 'cancelled']);

/** Writes down what a call tells, and answers its offers. */
export class Ear implements OutgoingListener, IncomingListener {
  readonly news: News[] = [];
  /** What it takes to hang up, as JSON keeps it, in every dialog that is not gone. */
  readonly dialogs = new Map<string, string>();
  /** The answer to every offer of the far end. */
  reply: DialogListener['offered'] = (offer) => (offer === null ? SDP : answerTo(offer));
  readonly #waiting = new Set<() => void>();

  get whats(): News['what'][] {
    return this.news.map(({ what }) => what);
  }

  /** The `nth` news of that kind, which may be here already. Rejects when the call ends without. */
  next<W extends News['what']>(what: W, nth = 1): Promise<Extract<News, { what: W }>> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.news.filter((one) => one.what === what)[nth - 1];
        const last = this.news.at(-1);
        if (found !== undefined) resolve(found as Extract<News, { what: W }>);
        else if (last !== undefined && LAST.has(last.what)) {
          reject(new Error(`${what} was awaited, but the call is over: ${JSON.stringify(last)}`));
        } else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** The first of its dialogs, as another process reads it. */
  get dialog(): OpenDialog {
    const [kept] = this.dialogs.values();
    if (kept === undefined) throw new Error('there is no dialog');
    return JSON.parse(kept) as OpenDialog;
  }

  open(dialog: OpenDialog): void {
    this.dialogs.set(dialog.id, JSON.stringify(dialog));
  }

  gone(id: string): void {
    this.dialogs.delete(id);
  }

  progress(status: number, sdp: string | null): void {
    this.#hear({ what: 'progress', status, sdp });
  }

  answered(sdp: string | null): void {
    this.#hear({ what: 'answered', sdp });
  }

  failed(failure: InviteFailure): void {
    this.#hear({ what: 'failed', failure });
  }

  offered(sdp: string | null): string | Promise<string> {
    this.#hear({ what: 'offered', sdp });
    return this.reply(sdp);
  }

  answeredAgain(sdp: string): void {
    this.#hear({ what: 'answeredAgain', sdp });
  }

  info(contentType: string, body: string): void {
    this.#hear({ what: 'info', contentType, body });
  }

  ended(end: SipEnd): void {
    this.#hear({ what: 'ended', end });
  }

  cancelled(): void {
    this.#hear({ what: 'cancelled' });
  }

  #hear(news: News): void {
    this.news.push(news);
    for (const look of [...this.#waiting]) look();
  }
}

/** Calls that came in, each with an ear of its own. */
export class Doorbell {
  readonly calls: { call: IncomingCall; ear: Ear }[] = [];
  /** Who may talk to us. */
  admits: UserAgentListener['admits'] = () => true;
  /** What happens with every call. */
  then: (call: IncomingCall, ear: Ear) => void = () => undefined;
  readonly #waiting: ((one: { call: IncomingCall; ear: Ear }) => void)[] = [];

  constructor(agent: UserAgent) {
    agent.listener = {
      admits: (request) => this.admits(request),
      foreign: () => false,
      invited: (call) => {
        const one = { call, ear: new Ear() };
        call.listener = one.ear;
        this.calls.push(one);
        this.then(call, one.ear);
        this.#waiting.shift()?.(one);
      },
    };
  }

  /** The next call that comes. */
  next(): Promise<{ call: IncomingCall; ear: Ear }> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

export const SDP = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 40000 RTP/AVP 0',
  '',
].join('\r\n');

const MIRRORED: Record<string, string> = { sendonly: 'recvonly', recvonly: 'sendonly' };

/** As much of RFC 3264 as a far end looks at: the direction, mirrored. */
function answerTo(offer: string): string {
  const direction = /a=(sendonly|recvonly|inactive)/.exec(offer)?.[1];
  if (direction === undefined) return SDP;
  return `${SDP}a=${MIRRORED[direction] ?? direction}\r\n`;
}

export function openAgent(options: Partial<UserAgentOptions> = {}): Promise<UserAgent> {
  return createUserAgent({
    ...{ host: '127.0.0.1', port: 0, tls: null, publicAddress: null, name: 'Offhook' },
    log: pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
    ...options,
  });
}

export function hopTo(port: number, transport: Hop['transport'] = 'udp'): Hop {
  return { transport, address: '127.0.0.1', port, serverName: null };
}

/** Calls somebody on this machine. */
export function callTo(
  agent: UserAgent,
  port: number,
  more: Partial<InviteOptions> = {},
): { call: SipCall; ear: Ear } {
  const ear = new Ear();
  const call = agent.invite(
    {
      uri: parseUri(`sip:+442071838750@127.0.0.1:${port}`),
      hops: [hopTo(port)],
      from: parseNameAddress('<sip:+442071838751@127.0.0.1>'),
      to: parseNameAddress(`<sip:+442071838750@127.0.0.1:${port}>`),
      routes: [],
      credentials: null,
      headers: [],
      offer: SDP,
      sessionSeconds: null,
      ...more,
    },
    ear,
  );
  return { call, ear };
}
