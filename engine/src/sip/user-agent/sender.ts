import type { Hop, SipRequest, SipResponse } from '../message/message.ts';
import { writeMessage } from '../message/write.ts';
import type { ClientTransaction } from '../transaction/transactions.ts';
import type { Authority } from './authority.ts';
import type { Patience } from './calls.ts';
import type { Stack } from './stack.ts';

export interface Unreachable {
  cause: 'timeout' | 'transport' | 'certificate';
  /** For people. */
  text: string;
}

/** A request as it is tried: over one hop after the other, with credentials where they are asked for. */
export interface RequestPlan {
  /** Made anew for every attempt, because each wants a CSeq of its own (§8.1.3.5, RFC 3263 §4.3). */
  build(hop: Hop): SipRequest;
  hops: readonly Hop[] | Promise<readonly Hop[]>;
  authority: Authority;
  /** Of an INVITE; absent: every hop has the time that transactions give it. */
  patience?: Patience;
  /** What is too large for a datagram tries TCP before UDP. */
  largeByTcp?: boolean;
}

/** What came of it. `hop` and `request` are those of the attempt that is answered. */
export interface PlanListener {
  provisional?(response: SipResponse, attempt: Attempt): void;
  /** The final answer; of an INVITE also every further 2xx. */
  final(response: SipResponse, attempt: Attempt): void;
  failed(failure: Unreachable): void;
  /** A 2xx from a hop that was given up (§13.2.2.4): it wants its ACK, and its end. */
  late?(response: SipResponse, attempt: Attempt): void;
}

export interface Attempt {
  request: SipRequest;
  hop: Hop;
}

export interface SentRequest {
  /** CANCELs the INVITE that is under way; no other attempt follows. */
  cancel(): void;
}

/** Sends a request until somebody answers it, and tells the outcome. */
export function sendRequest(stack: Stack, plan: RequestPlan, listener: PlanListener): SentRequest {
  const sending = new Sending(stack, plan, listener);
  // At once where it can be: the order of ACK, PRACK and BYE is that of the calls.
  if (!(plan.hops instanceof Promise)) sending.begin(plan.hops);
  else {
    plan.hops.then(
      (hops) => sending.begin(hops),
      (error: unknown) => listener.failed({ cause: 'transport', text: (error as Error).message }),
    );
  }
  return sending;
}

/** 1300 of §18.1.1, less the Via that is still to come. */
const MOST_BYTES = 1200;

class Sending implements SentRequest {
  readonly #stack: Stack;
  readonly #plan: RequestPlan;
  readonly #listener: PlanListener;
  readonly #answered = new Set<string>();
  #hops: readonly Hop[] = [];
  #transaction: ClientTransaction | null = null;
  #cancelled = false;

  constructor(stack: Stack, plan: RequestPlan, listener: PlanListener) {
    this.#stack = stack;
    this.#plan = plan;
    this.#listener = listener;
  }

  begin(hops: readonly Hop[]): void {
    this.#hops = hops;
    if (this.#cancelled) this.#fail({ cause: 'transport', text: 'taken back before it was sent' });
    else if (hops[0] === undefined)
      this.#fail({ cause: 'transport', text: 'no address to send to' });
    else this.#attempt(0);
  }

  cancel(): void {
    this.#cancelled = true;
    this.#transaction?.cancel();
  }

  #attempt(index: number): void {
    const hop = this.#hops[index]!;
    let request: SipRequest;
    let first: Hop | null;
    try {
      request = this.#plan.build(hop);
      this.#plan.authority.sign(request);
      first = this.#beforeUdp(request, index);
    } catch (error) {
      // It is tried from timers and promises, where nobody else would catch it.
      this.#stack.log.error({ err: error }, 'a SIP request could not be made');
      this.#fail({ cause: 'transport', text: `not sent: ${(error as Error).message}` });
      return;
    }
    if (first !== null) {
      this.#hops = this.#hops.toSpliced(index, 0, first);
      return this.#attempt(index);
    }
    const attempt = { request, hop };
    let givenUp = false;
    const patience = this.#patienceWith(index, () => {
      givenUp = true;
      // Held back until it says something (§9.1): then it is told that nobody waits any more.
      transaction.cancel();
      this.#nextAfter(index, unreachable(hop, 'timeout'));
    });
    const transaction = this.#stack.transactions.send(request, hop, {
      response: (response) => {
        clearTimeout(patience);
        if (!givenUp) this.#response(response, attempt, index);
        else if (isOk(response)) this.#listener.late?.(response, attempt);
      },
      failed: (why, error) => {
        clearTimeout(patience);
        if (!givenUp) this.#nextAfter(index, unreachable(hop, why, error));
      },
    });
    this.#transaction = transaction;
  }

  /**
   * RFC 3261 §18.1.1: what might not fit into a datagram goes over TCP, and over UDP all the same where
   * nobody takes the connection. Null: it goes where it should.
   */
  #beforeUdp(request: SipRequest, index: number): Hop | null {
    const [before, hop] = [this.#hops[index - 1], this.#hops[index]];
    if (this.#plan.largeByTcp !== true || hop?.transport !== 'udp') return null;
    const { address, port } = hop;
    const tried = before?.transport === 'tcp' && before.address === address && before.port === port;
    if (tried || writeMessage(request).length <= MOST_BYTES) return null;
    return { ...hop, transport: 'tcp' };
  }

  #patienceWith(index: number, giveUp: () => void): NodeJS.Timeout | undefined {
    const { patience } = this.#plan;
    const mayGiveUp = patience !== undefined && (patience.withLast || this.#goesOn(index));
    return mayGiveUp ? setTimeout(giveUp, patience.ms).unref() : undefined;
  }

  /** RFC 3263 §4.3: nobody there, or a failing transport: the next one. */
  #nextAfter(index: number, failure: Unreachable): void {
    if (this.#goesOn(index)) this.#attempt(index + 1);
    else this.#fail(failure);
  }

  #response(response: SipResponse, attempt: Attempt, index: number): void {
    const { status } = response;
    if (status < 200) this.#listener.provisional?.(response, attempt);
    // RFC 3263 §4.3: 503 counts as if nobody had been reached.
    else if (status === 503 && this.#goesOn(index)) this.#attempt(index + 1);
    else if ((status === 401 || status === 407) && this.#mayAnswer(response)) this.#attempt(index);
    else this.#listener.final(response, attempt);
  }

  #mayAnswer(challenge: SipResponse): boolean {
    return !this.#cancelled && this.#plan.authority.challenged(challenge, this.#answered);
  }

  #goesOn(index: number): boolean {
    return !this.#cancelled && index + 1 < this.#hops.length;
  }

  #fail(failure: Unreachable): void {
    this.#listener.failed(failure);
  }
}

function isOk({ status }: SipResponse): boolean {
  return status >= 200 && status < 300;
}

function unreachable(hop: Hop, why: 'timeout' | 'transport', error?: Error): Unreachable {
  const where = `${hop.transport.toUpperCase()} ${hop.address} port ${hop.port}`;
  if (why === 'timeout') return { cause: 'timeout', text: `${where} does not answer` };
  const said = error === undefined ? '' : `: ${error.message}`;
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'certificate') {
    return { cause: 'certificate', text: `the certificate of ${where} is not accepted${said}` };
  }
  return { cause: 'transport', text: `${where} cannot be reached${said}` };
}
