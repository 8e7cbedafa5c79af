import type { Headers } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { supports } from '../message/fields.ts';

/** A session timer as agreed (RFC 4028). */
export interface SessionTimer {
  seconds: number;
  refresher: 'us' | 'them';
}

export interface SessionExpires {
  seconds: number;
  refresher: 'uac' | 'uas' | null;
}

/** RFC 4028 §4: less is refused, by 422. Seconds. */
export const MIN_SESSION_SECONDS = 90;

const MOST_SECONDS = 86_400;

/** RFC 4028 §4. Null: there is none, or none that can be read. */
export function sessionExpiresOf({ headers }: { headers: Headers }): SessionExpires | null {
  const [delta, ...parameters] = (headers.get('Session-Expires') ?? '').split(';');
  const seconds = secondsOf(delta);
  if (seconds === null) return null;
  const words = parameters.map((word) => word.replaceAll(' ', '').toLowerCase());
  const refresher = words.includes('refresher=uac')
    ? 'uac'
    : words.includes('refresher=uas')
      ? 'uas'
      : null;
  return { seconds, refresher };
}

/** RFC 4028 §5. Null: none. */
export function minSecondsOf({ headers }: { headers: Headers }): number | null {
  return secondsOf((headers.get('Min-SE') ?? '').split(';')[0]);
}

/** What the 2xx to a request of ours has agreed (§7.2). Null: this session does not expire. */
export function agreedAsUac(response: SipResponse, minSeconds: number): SessionTimer | null {
  const expires = sessionExpiresOf(response);
  if (expires === null) return null;
  // No 2xx may go below the Min-SE that we said: one that does it must not make us hurry.
  const seconds = Math.max(expires.seconds, minSeconds);
  return { seconds, refresher: expires.refresher === 'uas' ? 'them' : 'us' };
}

export type SessionAnswer =
  | { kind: 'agreed'; timer: SessionTimer | null; headers: readonly (readonly [string, string])[] }
  /** 422: with less than so many seconds it is refused (§6). */
  | { kind: 'too_small'; minSeconds: number };

/** What we answer to a request of theirs (§9). */
export function answerAsUas(request: SipRequest, minSeconds: number): SessionAnswer {
  const expires = sessionExpiresOf(request);
  if (expires === null) return { kind: 'agreed', timer: null, headers: [] };
  const theyCan = supports(request).has('timer');
  // §9: who does not know the timer cannot mend what a proxy has put in too small.
  if (theyCan && expires.seconds < minSeconds) return { kind: 'too_small', minSeconds };
  const seconds = Math.max(expires.seconds, minSeconds);
  const refresher = theyCan ? (expires.refresher ?? 'uac') : 'uas';
  return {
    kind: 'agreed',
    timer: { seconds, refresher: refresher === 'uas' ? 'us' : 'them' },
    headers: [
      ['Session-Expires', `${seconds};refresher=${refresher}`],
      // §9: who is to refresh must know it.
      ...(refresher === 'uac' ? [['Require', 'timer'] as const] : []),
    ],
  };
}

/** Runs an agreed timer: tells when to refresh, and when the session is over. */
export class SessionClock {
  readonly #refresh: () => void;
  readonly #expire: () => void;
  #timers: NodeJS.Timeout[] = [];

  constructor(refresh: () => void, expire: () => void) {
    this.#refresh = refresh;
    this.#expire = expire;
  }

  /** Starts anew after every agreement; null: there is no timer any more. */
  restart(timer: SessionTimer | null): void {
    this.stop();
    if (timer === null) return;
    const { seconds, refresher } = timer;
    // §10: half of it for the refresher; a third or 32 s before the end the other one gives up.
    if (refresher === 'us') this.#after(seconds / 2, this.#refresh);
    this.#after(seconds - Math.min(32, seconds / 3), this.#expire);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  #after(seconds: number, then: () => void): void {
    this.#timers.push(setTimeout(then, seconds * 1000));
  }
}

function secondsOf(text: string | undefined): number | null {
  const digits = (text ?? '').trim();
  return /^\d{1,10}$/.test(digits) ? Math.min(Number(digits), MOST_SECONDS) : null;
}
