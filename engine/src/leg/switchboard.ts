import type { Ledger } from '../journal/ledger.ts';
import type { Credentials } from '../sip/user-agent/calls.ts';
import { newSid } from '../sid.ts';
import { Topic } from '../topic.ts';
import { Call, type CallEnd } from './call.ts';
import type { CallCallbacks } from './call-callbacks.ts';
import type { CallCallback, CallDirection, CallRecord } from './call-record.ts';
import type { Line } from './line.ts';

/** Why a call cannot be placed, with Twilio's code. */
export class CallRefused extends Error {
  readonly code: number;
  readonly status: number;

  constructor(code: number, status: number, message: string) {
    super(message);
    this.name = 'CallRefused';
    this.code = code;
    this.status = status;
  }
}

export interface PlacedCall {
  /**
   * A number, client:identity or sip:user@host; what follows a ? goes to the client as custom
   * parameters, or to the telephone as headers.
   */
  to: string;
  from: string;
  direction: Exclude<CallDirection, 'inbound'>;
  parentCallSid?: string;
  /** How long the far end may ring. */
  timeoutMs: number;
  limitMs: number | null;
  callback: CallCallback | null;
  /** More custom parameters for the Voice SDK that is called. */
  parameters?: Readonly<Record<string, string>>;
  /** What a SIP address elsewhere asks of us. */
  credentials?: Credentials | null;
}

export interface Destination {
  sid: string;
  to: string;
  from: string;
  parameters: Readonly<Record<string, string>>;
  credentials: Credentials | null;
}

/** Finds the line to a destination, or null when nobody there can be reached. */
export type LineFinder = (call: Destination) => Line | null;

/** Every live call: places them, takes them in, finds them. Ended ones are in the ledger. */
export class Switchboard {
  /** An outbound call exists and will be dialled next. */
  readonly onPlaced: Topic<Call>;
  /** The far end of a call that we placed rings. */
  readonly onRinging: Topic<Call>;
  /** It can be heard before it is answered. */
  readonly onEarly: Topic<Call>;
  readonly onAnswered: Topic<Call>;
  readonly onEnded: Topic<CallEnd>;
  readonly #live = new Map<string, Call>();
  readonly #ledger: Ledger;
  readonly #callbacks: CallCallbacks;
  readonly #finders: LineFinder[] = [];
  readonly #maxCalls: number;
  #closed = false;

  constructor(
    ledger: Ledger,
    callbacks: CallCallbacks,
    maxCalls: number,
    onError: (error: unknown) => void,
  ) {
    this.#ledger = ledger;
    this.#callbacks = callbacks;
    this.#maxCalls = maxCalls;
    this.onPlaced = new Topic(onError);
    this.onRinging = new Topic(onError);
    this.onEarly = new Topic(onError);
    this.onAnswered = new Topic(onError);
    this.onEnded = new Topic(onError);
    this.onEnded.listen(({ call }) => this.#live.delete(call.sid));
  }

  /** Lines are looked for in the order in which their finders were added. */
  addLines(finder: LineFinder): void {
    this.#finders.push(finder);
  }

  find(sid: string): Call | undefined {
    return this.#live.get(sid);
  }

  live(): Call[] {
    return [...this.#live.values()];
  }

  /** Creates an outbound call; `start` puts it on its way, once the caller is ready for its news. */
  place(placed: PlacedCall): { call: Call; start: () => void } {
    this.#admit();
    const sid = newSid('CA');
    const { to, query } = splitAddress(placed.to);
    const parameters = { ...query, ...placed.parameters };
    const credentials = placed.credentials ?? null;
    const line = this.#line({ sid, to, from: placed.from, parameters, credentials });
    const record = this.#record(sid, placed.from, to, placed.direction);
    record.parentCallSid = placed.parentCallSid ?? null;
    record.callback = placed.callback;
    const call = this.#add(record, line);
    this.onPlaced.tell(call);
    return { call, start: () => call.dial(placed.timeoutMs, placed.limitMs) };
  }

  /** Takes in a call that somebody makes to us; it rings until its TwiML answers it. */
  receive(
    incoming: { from: string; to: string; parameters: Readonly<Record<string, string>> },
    makeLine: (sid: string) => Line,
  ): Call {
    this.#admit();
    const sid = newSid('CA');
    const record = this.#record(sid, incoming.from, incoming.to, 'inbound');
    record.status = 'ringing';
    return this.#add(record, makeLine(sid), incoming.parameters);
  }

  /** No new calls from now on; those that live are ended. */
  close(): void {
    this.#closed = true;
    for (const call of this.live()) call.hangUp();
  }

  #admit(): void {
    if (this.#closed) throw new CallRefused(20_503, 503, 'The engine is stopping');
    if (this.#live.size < this.#maxCalls) return;
    throw new CallRefused(20_429, 429, `Too many calls: ${this.#maxCalls} are running`);
  }

  #add(record: CallRecord, line: Line, parameters: Readonly<Record<string, string>> = {}): Call {
    const call = new Call(record, line, {
      ledger: this.#ledger,
      callbacks: this.#callbacks,
      topics: {
        ringing: this.onRinging,
        early: this.onEarly,
        answered: this.onAnswered,
        ended: this.onEnded,
      },
      parameters,
    });
    this.#live.set(call.sid, call);
    return call;
  }

  #line(call: Destination): Line {
    for (const find of this.#finders) {
      const line = find(call);
      if (line !== null) return line;
    }
    return new DeadLine();
  }

  #record(sid: string, from: string, to: string, direction: CallDirection): CallRecord {
    const now = Date.now();
    return {
      sid,
      parentCallSid: null,
      from,
      to,
      direction,
      status: 'queued',
      createdAt: now,
      updatedAt: now,
      answeredAt: null,
      endedAt: null,
      sipCode: null,
      callback: null,
      sequence: 0,
    };
  }
}

/** https://www.twilio.com/docs/voice/api/conference-participant-resource#custom-parameters */
function splitAddress(to: string): { to: string; query: Record<string, string> } {
  const mark = /^(client|sips?):/i.test(to) ? to.indexOf('?') : -1;
  if (mark === -1) return { to, query: {} };
  return {
    to: to.slice(0, mark),
    query: Object.fromEntries(new URLSearchParams(to.slice(mark + 1))),
  };
}

/** A number that nobody has: SIP says 404 (RFC 3261 21.4.5). */
class DeadLine implements Line {
  readonly mediaLeg = null;

  dial(listener: Parameters<Line['dial']>[0]): void {
    listener.ended('failed', 404);
  }

  answer(): Promise<void> {
    return Promise.reject(new Error('a number that is not in service cannot be answered'));
  }

  close(): void {
    // There is nothing to take down.
  }
}
