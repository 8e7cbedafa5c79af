import type { Ledger } from '../journal/ledger.ts';
import type { Topic } from '../topic.ts';
import type { CallCallbacks } from './call-callbacks.ts';
import { isFinal, type CallRecord, type FinalStatus } from './call-record.ts';
import type { Line, LineListener } from './line.ts';

/** Who took the call down: its own far end, or something on our side. */
export type EndedFrom = 'far-end' | 'here';

export interface CallEnd {
  call: Call;
  from: EndedFrom;
  /** What went wrong, with Twilio's code; absent for an ordinary end. */
  error?: { code: number; message: string };
}

export interface CallTopics {
  ringing: Topic<Call>;
  early: Topic<Call>;
  answered: Topic<Call>;
  ended: Topic<CallEnd>;
}

/** SIP's word for how a call ended, as the `SipResponseCode` of its callbacks says it. */
const SIP_CODE: Record<FinalStatus, number> = {
  completed: 200,
  busy: 486,
  failed: 500,
  'no-answer': 487,
  canceled: 487,
};

/** One call resource while it lives: the only place that changes a call's status. */
export class Call implements LineListener {
  readonly record: CallRecord;
  readonly line: Line;
  /** Custom parameters that an SDK sent along; they travel with every TwiML request. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly onRinging: Topic<Call>;
  /** What is heard before the answer: a network's announcement, a ring of its own. */
  readonly onEarly: Topic<Call>;
  readonly onAnswered: Topic<Call>;
  readonly onEnded: Topic<CallEnd>;
  readonly #ledger: Ledger;
  readonly #callbacks: CallCallbacks;
  #ringTimer: NodeJS.Timeout | null = null;
  #lifeTimer: NodeJS.Timeout | null = null;
  #answering: Promise<void> | null = null;
  #hearsEarly = false;
  #claim = new AbortController();

  constructor(
    record: CallRecord,
    line: Line,
    parts: {
      ledger: Ledger;
      callbacks: CallCallbacks;
      topics: CallTopics;
      parameters?: Readonly<Record<string, string>>;
    },
  ) {
    this.record = record;
    this.line = line;
    this.parameters = parts.parameters ?? {};
    this.#ledger = parts.ledger;
    this.#callbacks = parts.callbacks;
    this.onRinging = parts.topics.ringing;
    this.onEarly = parts.topics.early;
    this.onAnswered = parts.topics.answered;
    this.onEnded = parts.topics.ended;
    this.#save();
  }

  get sid(): string {
    return this.record.sid;
  }

  get over(): boolean {
    return isFinal(this.record.status);
  }

  get inProgress(): boolean {
    return this.record.status === 'in-progress';
  }

  /** What we send is heard: the call is answered, or was opened for sound before that. */
  get hears(): boolean {
    return this.inProgress || (this.#hearsEarly && !this.over);
  }

  /** Places an outbound call. `timeoutMs`: how long it may ring; `limitMs`: how long it may last. */
  dial(timeoutMs: number, limitMs: number | null): void {
    this.#callbacks.tell(this.record, 'initiated');
    this.#ringTimer = setTimeout(() => this.finish('no-answer', 'here', 487), timeoutMs);
    if (limitMs !== null) this.#life(limitMs);
    this.line.dial(this);
  }

  /** Answers an inbound call. Resolves when sound flows both ways; the same promise for all. */
  answer(): Promise<void> {
    this.#answering ??= this.#answer();
    return this.#answering;
  }

  /** The one that this call is to be connected with rings. */
  partnerRings(): void {
    if (this.record.status === 'ringing') this.line.ring?.();
  }

  /** The one that this call is to be connected with is heard before it answers; `hears` says where. */
  async partnerSpeaks(): Promise<void> {
    if (this.record.status !== 'ringing' || this.#hearsEarly) return;
    this.#hearsEarly = (await this.line.openEarly?.()) ?? false;
  }

  /**
   * Whoever does something with the call claims it: a script, or a bridge to another call. The
   * signal is aborted when the next one claims it, or when the call is over.
   */
  claim(): AbortSignal {
    const before = this.#claim;
    this.#claim = new AbortController();
    before.abort();
    if (this.over) this.#claim.abort();
    return this.#claim.signal;
  }

  ringing(): void {
    if (this.record.status !== 'queued') return;
    this.record.status = 'ringing';
    this.#save();
    this.#callbacks.tell(this.record, 'ringing');
    this.onRinging.tell(this);
  }

  early(): void {
    if (this.record.status === 'ringing') this.onEarly.tell(this);
  }

  answered(): void {
    if (this.over || this.inProgress) return;
    if (this.#ringTimer) clearTimeout(this.#ringTimer);
    this.record.status = 'in-progress';
    this.record.answeredAt = Date.now();
    this.#save();
    this.#callbacks.tell(this.record, 'answered');
    this.onAnswered.tell(this);
  }

  ended(status: FinalStatus, sipCode: number): void {
    // Who was connected has completed, whatever took the far end away; who was not, has not.
    const unanswered = status === 'completed' ? 'canceled' : status;
    this.finish(this.inProgress ? 'completed' : unanswered, 'far-end', sipCode);
  }

  /** Ends the call whatever its state: completed when it was answered, else canceled. */
  hangUp(error?: { code: number; message: string }): void {
    this.finish(this.inProgress ? 'completed' : 'canceled', 'here', undefined, error);
  }

  /** Ends the call because something of ours broke. */
  fail(error?: { code: number; message: string }): void {
    this.finish(this.inProgress ? 'completed' : 'failed', 'here', undefined, error);
  }

  /** Final, once: later ends change nothing. */
  finish(
    status: FinalStatus,
    from: EndedFrom,
    sipCode?: number,
    error?: { code: number; message: string },
  ): void {
    if (this.over) return;
    if (this.#ringTimer) clearTimeout(this.#ringTimer);
    if (this.#lifeTimer) clearTimeout(this.#lifeTimer);
    this.record.status = status;
    this.record.endedAt = Date.now();
    this.record.sipCode = sipCode ?? SIP_CODE[status];
    this.#save();
    // The room stops its recorder before the leg leaves it, so it hears of the end first.
    this.onEnded.tell({ call: this, from, ...(error ? { error } : {}) });
    this.#claim.abort();
    this.line.close({ status, sipCode: this.record.sipCode, ...(error ? { error } : {}) });
    this.#callbacks.tell(this.record, 'completed');
  }

  setCallback(callback: CallRecord['callback']): void {
    this.record.callback = callback;
    this.#save();
  }

  /** Its last status callback tells where that recording will be. */
  setRecording(sid: string): void {
    this.record.recordingSid = sid;
    this.#save();
  }

  setTimeLimit(ms: number): void {
    if (this.#lifeTimer) clearTimeout(this.#lifeTimer);
    this.#life(ms);
  }

  async #answer(): Promise<void> {
    if (this.record.direction !== 'inbound') return;
    await this.line.answer();
    this.answered();
  }

  #life(ms: number): void {
    this.#lifeTimer = setTimeout(() => this.hangUp(), ms);
  }

  #save(): void {
    this.record.updatedAt = Date.now();
    this.#ledger.calls.save(this.record);
  }
}
