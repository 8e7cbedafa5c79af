import { randomUUID } from 'node:crypto';
import { parseNumber } from '../message/characters.ts';
import { contactsOf, expiresOf } from '../message/fields.ts';
import { bareRequest } from '../message/make.ts';
import type { Hop, SipRequest, SipResponse } from '../message/message.ts';
import { parseNameAddress } from '../message/address.ts';
import { writeNameAddress } from '../message/write.ts';
import { Authority } from './authority.ts';
import type { Registration, RegistrationOptions, RegistrationState } from './calls.ts';
import { ALLOW } from './capabilities.ts';
import { contactHeader } from './contact.ts';
import { sendRequest, type Attempt } from './sender.ts';
import { newTag, tell, type Stack } from './stack.ts';

/** After a failure: 30 s, then twice as long each time, up to 10 minutes. ms */
export interface RetryTimes {
  first: number;
  most: number;
}

export const RETRY_TIMES: RetryTimes = { first: 30_000, most: 600_000 };

/** How long a goodbye may take. ms */
const GOODBYE_MS = 1500;

/** §25.1: delta-seconds have 32 bits. */
const MOST_SECONDS = 2 ** 32 - 1;

/** Longer timers overflow. ms */
const MOST_TIMER_MS = 2 ** 31 - 1;

/** Keeps our binding at a registrar alive (RFC 3261 §10.2). */
export class KeptRegistration implements Registration {
  readonly #stack: Stack;
  readonly #options: RegistrationOptions;
  readonly #onChange: (state: RegistrationState) => void;
  readonly #retry: RetryTimes;
  readonly #authority: Authority;
  // §10.2: all of one registration have the same Call-ID, and numbers that grow.
  readonly #callId = randomUUID();
  readonly #tag = newTag();
  #sequence = 0;
  #seconds: number;
  #failures = 0;
  #state: RegistrationState = { state: 'registering' };
  #timer: NodeJS.Timeout | null = null;
  /** A REGISTER is under way … */
  #asking = false;
  /** … and this is done when it is answered, or given up. */
  #afterwards: (() => void) | null = null;
  /** Where the binding is, if there is one. */
  #bound: Hop | null = null;
  #closing: Promise<void> | null = null;

  constructor(
    stack: Stack,
    options: RegistrationOptions,
    onChange: (state: RegistrationState) => void,
    retry: RetryTimes,
  ) {
    this.#stack = stack;
    this.#options = options;
    this.#onChange = onChange;
    this.#retry = retry;
    this.#authority = new Authority(() => options.credentials);
    this.#seconds = options.seconds;
  }

  get now(): RegistrationState {
    return this.#state;
  }

  begin(): void {
    this.#change({ state: 'registering' });
    this.#register();
  }

  close(): Promise<void> {
    this.#closing ??= this.#goodbye();
    return this.#closing;
  }

  #register(lengthened = false): void {
    const plan = {
      build: (hop: Hop) => this.#request(hop, this.#seconds),
      hops: this.#options.hops(),
      authority: this.#authority,
    };
    this.#asking = true;
    sendRequest(this.#stack, plan, {
      final: (response, attempt) => {
        this.#asking = false;
        this.#answered(response, attempt, lengthened);
        this.#afterwards?.();
      },
      failed: ({ text }) => {
        this.#asking = false;
        this.#failed(null, text, 0);
        this.#afterwards?.();
      },
    });
  }

  #answered(response: SipResponse, { request, hop }: Attempt, lengthened: boolean): void {
    const { status, reason, headers } = response;
    const least = parseNumber(headers.get('Min-Expires') ?? '', MOST_SECONDS) ?? 0;
    if (status < 300) this.#registered(response, request, hop);
    else if (status === 423 && least > this.#seconds && !lengthened) {
      // §10.2.8: too brief; once more with what it wants at least.
      this.#seconds = least;
      if (this.#closing === null) this.#register(true);
    } else {
      const after = Number.parseInt(headers.get('Retry-After') ?? '', 10);
      this.#failed(status, `${status} ${reason}`, Number.isFinite(after) ? after * 1000 : 0);
    }
  }

  #registered(response: SipResponse, request: SipRequest, hop: Hop): void {
    this.#bound = hop;
    if (this.#closing !== null) return;
    const seconds = grantedSeconds(response, request) ?? this.#seconds;
    if (seconds <= 0) {
      this.#failed(
        response.status,
        'the registrar took the registration and dropped it at once',
        0,
      );
      return;
    }
    this.#failures = 0;
    this.#change({ state: 'registered', until: Date.now() + seconds * 1000 });
    // Somewhere from half to nine tenths of it: not all trunks of all engines at once.
    this.#again(seconds * 1000 * (0.5 + 0.4 * Math.random()));
  }

  #failed(status: number | null, text: string, atLeastMs: number): void {
    if (this.#closing !== null) return;
    const pause = Math.min(this.#retry.first * 2 ** this.#failures, this.#retry.most);
    this.#failures += 1;
    // A fifth up or down, so that who failed together does not come back together.
    const ms = Math.max(pause * (0.8 + 0.4 * Math.random()), atLeastMs);
    this.#change({ state: 'failed', status, text, retryAt: Date.now() + ms });
    this.#again(ms);
  }

  #again(ms: number): void {
    this.#timer = setTimeout(() => this.#register(), Math.min(ms, MOST_TIMER_MS));
  }

  /** §10.2.2: removes the binding, if anybody there still listens. */
  #goodbye(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(patience);
        this.#afterwards = null;
        resolve();
      };
      const patience = setTimeout(done, GOODBYE_MS);
      // What is still under way would bind us after our goodbye.
      if (this.#asking) this.#afterwards = () => this.#unbind(done);
      else this.#unbind(done);
    });
  }

  #unbind(done: () => void): void {
    if (this.#bound === null) return done();
    const plan = {
      build: (hop: Hop) => this.#request(hop, 0),
      hops: [this.#bound],
      authority: this.#authority,
    };
    sendRequest(this.#stack, plan, { final: done, failed: done });
  }

  #request(hop: Hop, seconds: number): SipRequest {
    const { registrar, aor } = this.#options;
    this.#sequence += 1;
    const request = bareRequest('REGISTER', registrar);
    const from = { ...aor, parameters: new Map([['tag', this.#tag]]) };
    const contact = contactHeader(this.#stack, hop, aor.uri.user);
    request.headers
      .append('Max-Forwards', '70')
      .append('From', writeNameAddress(from))
      .append('To', writeNameAddress({ ...aor, parameters: new Map() }))
      .append('Call-ID', this.#callId)
      .append('CSeq', `${this.#sequence} REGISTER`)
      .append('Contact', `${contact};expires=${seconds}`)
      .append('Expires', String(seconds))
      .append('Allow', ALLOW)
      .append('User-Agent', this.#stack.product);
    return request;
  }

  #change(state: RegistrationState): void {
    this.#state = state;
    tell(this.#stack.log, 'a registration', () => this.#onChange(state));
  }
}

/** §10.2.4: the answer lists every binding of the address; ours says for how long it holds. */
function grantedSeconds(response: SipResponse, request: SipRequest): number | null {
  const { uri } = parseNameAddress(request.headers.get('Contact') ?? '');
  const contacts = contactsOf(response);
  const ours =
    contacts.find(
      (one) => one.uri.host === uri.host && one.uri.port === uri.port && one.uri.user === uri.user,
    ) ?? (contacts.length === 1 ? contacts[0] : undefined);
  return expiresOf(response, ours ?? null);
}
