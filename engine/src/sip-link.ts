import type { Logger } from 'pino';
import type { UserAgent, UserAgentListener } from './sip/user-agent/calls.ts';

/** Our SIP ports cannot be opened; the message says which, why, and what setting to look at. */
export class SipClosed extends Error {
  override name = 'SipClosed';
}

/**
 * The engine's one user agent as the rest of control sees it. It is opened when somebody first
 * needs it: an engine without trunks and SIP phones listens to nobody. A port that is taken ends
 * nothing: whoever needs SIP is told in words, and the next one who asks tries again.
 */
export class SipLink {
  readonly #open: () => Promise<UserAgent>;
  readonly #where: string;
  readonly #log: Logger;
  /** Who hears what comes in; said before the agent is opened. */
  listener: UserAgentListener | null = null;
  #agent: UserAgent | null = null;
  #opening: Promise<UserAgent> | null = null;
  #closed = false;

  /** `where`: the port as people know it, for the message when it is taken. */
  constructor(open: () => Promise<UserAgent>, where: string, log: Logger) {
    this.#open = open;
    this.#where = where;
    this.#log = log;
  }

  /** Null while nobody needed it, or it cannot be opened. */
  get agent(): UserAgent | null {
    return this.#agent;
  }

  /** @throws SipClosed */
  ready(): Promise<UserAgent> {
    if (this.#closed) return Promise.reject(new SipClosed('The engine is stopping.'));
    if (this.#agent !== null) return Promise.resolve(this.#agent);
    this.#opening ??= this.#start().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#opening?.catch(() => null);
    const agent = this.#agent;
    this.#agent = null;
    await agent?.close();
  }

  async #start(): Promise<UserAgent> {
    try {
      const agent = await this.#open();
      if (this.listener !== null) agent.listener = this.listener;
      this.#agent = agent;
      this.#log.info({ udpPort: agent.udpPort, tlsPort: agent.tlsPort }, 'SIP is open');
      return agent;
    } catch (error) {
      if (error instanceof SipClosed) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      const why = WHY[code ?? ''] ?? `cannot be opened: ${message}`;
      this.#log.warn({ err: error }, 'SIP cannot be opened');
      throw new SipClosed(`Our own ${this.#where} ${why}. Look at SIP_PORT and SIP_HOST.`, {
        cause: error,
      });
    }
  }
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program',
  EACCES: 'needs rights that this account does not have',
  EADDRNOTAVAIL: 'is on an address that this machine does not have',
};
