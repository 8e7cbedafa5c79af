import type { Logger } from 'pino';
import type { Hop, SipUri } from '../message/message.ts';
import { createTransactions, type TransactionLayer } from '../transaction/layer.ts';
import { createResolver, type Resolve } from '../transport/resolve.ts';
import type { Wire } from '../transport/wire.ts';
import type {
  Farewell,
  FarewellOptions,
  InviteOptions,
  OpenDialog,
  OutgoingListener,
  Ping,
  Registration,
  RegistrationOptions,
  RegistrationState,
  SipCall,
  UserAgent,
  UserAgentListener,
} from './calls.ts';
import { Dialogs } from './dialogs.ts';
import { hangUpLeft } from './farewell.ts';
import { nextHops } from './next-hop.ts';
import { OutgoingCall } from './outgoing-call.ts';
import { ping } from './ping.ts';
import { KeptRegistration, RETRY_TIMES, type RetryTimes } from './registration.ts';
import { Requests } from './requests.ts';
import { MIN_SESSION_SECONDS } from './session-timer.ts';
import type { Stack } from './stack.ts';

export interface UserAgentOptions {
  /** The address to bind. */
  host: string;
  /** Of UDP and TCP; 0: one that is free for both. */
  port: number;
  /** `cert` and `key` are PEM; null: TLS goes out only. */
  tls: { port: number; cert: string; key: string } | null;
  /** What the world reaches us at, where that is not the address we send from (NAT). */
  publicAddress: string | null;
  /** Our User-Agent and Server header. */
  name: string;
  log: Logger;
  /** `calls`: at once, both ways; 2000. `minSessionSeconds`: our Min-SE; 90. */
  limits?: { calls?: number; minSessionSeconds?: number };
  /** Where names lead; absent: the DNS. */
  resolve?: Resolve;
  /** Shorter times for tests. ms */
  times?: { t1: number; t2: number; t4: number };
  retry?: RetryTimes;
  /** Puts something between us and UDP, for tests. */
  wire?: (wire: Wire) => Wire;
}

const USUAL_CALLS = 2000;
const USUAL_TIMES = { t1: 500, t2: 4000 };

/** How long `close` waits for the answers to its BYEs and CANCELs. ms */
const GOODBYE_MS = 1500;

/** Binds the ports. Rejects when one is taken. Whoever calls closes. */
export async function createUserAgent(options: UserAgentOptions): Promise<UserAgent> {
  const { host, port, tls, publicAddress, log, times, wire } = options;
  const transactions = await createTransactions({
    ...{ host, port, tls, publicAddress, log },
    ...(times === undefined ? {} : { times }),
    ...(wire === undefined ? {} : { wire }),
  });
  const resolve = options.resolve ?? createResolver();
  const stack: Stack = {
    transactions,
    dialogs: new Dialogs(options.limits?.calls ?? USUAL_CALLS),
    log,
    product: options.name,
    times: times ?? USUAL_TIMES,
    minSessionSeconds: options.limits?.minSessionSeconds ?? MIN_SESSION_SECONDS,
    hopsTo: (uri, peer) => nextHops(uri, peer, resolve),
  };
  return new Agent(stack, transactions, options.retry ?? RETRY_TIMES);
}

/** Nobody is let in before somebody has taken the part of the listener. */
const DEAF: UserAgentListener = {
  invited: () => undefined,
  admits: () => false,
  foreign: () => false,
};

class Agent implements UserAgent {
  listener: UserAgentListener = DEAF;
  readonly #stack: Stack;
  readonly #transactions: TransactionLayer;
  readonly #retry: RetryTimes;
  readonly #requests: Requests;
  readonly #registrations = new Set<KeptRegistration>();
  #closing: Promise<void> | null = null;

  constructor(stack: Stack, transactions: TransactionLayer, retry: RetryTimes) {
    this.#stack = stack;
    this.#transactions = transactions;
    this.#retry = retry;
    this.#requests = new Requests(stack, () => this.listener);
    transactions.listener = this.#requests;
  }

  get udpPort(): number {
    return this.#transactions.udpPort;
  }

  get tlsPort(): number | null {
    return this.#transactions.tlsPort;
  }

  get size(): number {
    return this.#stack.dialogs.size + this.#transactions.size;
  }

  invite(options: InviteOptions, listener: OutgoingListener): SipCall {
    const call = new OutgoingCall(this.#stack, options, listener);
    // Not before whoever calls has the call in its hands.
    queueMicrotask(() => {
      if (this.#closing === null) call.begin();
      else call.refuse('the user agent is closed');
    });
    return call;
  }

  register(
    options: RegistrationOptions,
    onChange: (state: RegistrationState) => void,
  ): Registration {
    const kept = new KeptRegistration(this.#stack, options, onChange, this.#retry);
    this.#registrations.add(kept);
    kept.begin();
    return {
      get now() {
        return kept.now;
      },
      close: async () => {
        await kept.close();
        this.#registrations.delete(kept);
      },
    };
  }

  ping(uri: SipUri, hops: readonly Hop[]): Promise<Ping> {
    return ping(this.#stack, uri, hops);
  }

  hangUpLeft(dialog: OpenDialog, options: FarewellOptions): Promise<Farewell> {
    return hangUpLeft(this.#stack, dialog, options);
  }

  localAddress(hop: Pick<Hop, 'transport' | 'address'>): { host: string; port: number } {
    return this.#transactions.localAddress(hop);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#requests.close();
    const { dialogs } = this.#stack;
    dialogs.hangUpAll();
    const goodbyes = [...this.#registrations].map((kept) => kept.close());
    let patience: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, GOODBYE_MS);
    });
    await Promise.race([Promise.all([dialogs.quiet(), ...goodbyes]), enough]);
    clearTimeout(patience);
    dialogs.dropAll();
    await this.#transactions.close();
  }
}
