import type { CallFailure } from '../../trunk/failure.ts';
import type { Line, LineListener } from '../line.ts';
import { Attempt, type AttemptListener, type SipLineParts } from './attempt.ts';
import { nothingHeard, telephoneGone, type Silence } from './failures.ts';
import type { Way } from './way.ts';

/**
 * The line to somebody whom SIP reaches. Ways are tried in rounds: those of one round all at once,
 * as the phones of one person (RFC 3261 §16.6), and the next round when all of them failed with
 * something that another one may do better, as the trunks to one number. The first to answer has the
 * call.
 */
export class OutgoingLine implements Line, AttemptListener {
  readonly #sid: string;
  readonly #rounds: readonly (readonly Way[])[];
  readonly #parts: SipLineParts;
  readonly #attempts = new Set<Attempt>();
  #listener: LineListener | null = null;
  /** Who is heard: the one who answered, or who sends sound before that. */
  #heard: Attempt | null = null;
  #round = -1;
  /** How many legs this call has had: each attempt has its own. */
  #legs = 0;
  #failures: CallFailure[] = [];

  constructor(sid: string, rounds: readonly (readonly Way[])[], parts: SipLineParts) {
    this.#sid = sid;
    this.#rounds = rounds.filter((ways) => ways.length > 0);
    this.#parts = parts;
  }

  get mediaLeg(): string | null {
    return this.#heard?.sound.leg ?? null;
  }

  dial(listener: LineListener): void {
    this.#listener = listener;
    // RFC 3261 §21.4.18 (480 Temporarily Unavailable): no phone of theirs is registered.
    if (this.#rounds.length === 0) listener.ended('no-answer', 480);
    else this.#next();
  }

  answer(): Promise<void> {
    return Promise.reject(new Error('whom this line reaches is called, and does not call'));
  }

  close(): void {
    this.#listener = null;
    this.#drop(null);
    this.#heard = null;
  }

  ringing(): void {
    this.#listener?.ringing();
  }

  /** Of several that ring at once none is heard: they would speak into each other. */
  early(attempt: Attempt): void {
    if (this.#rounds[this.#round]?.length !== 1) return;
    this.#heard = attempt;
    this.#listener?.ringing();
    this.#listener?.early();
  }

  answered(attempt: Attempt): void {
    this.#heard = attempt;
    this.#drop(attempt);
    this.#listener?.answered();
  }

  failed(attempt: Attempt, failure: CallFailure, otherwise: Way | null): void {
    this.#attempts.delete(attempt);
    if (this.#heard === attempt) this.#heard = null;
    // The others of the round ring on meanwhile: this one has not had its say yet.
    if (otherwise !== null) return this.#try([otherwise]);
    this.#failures.push(failure);
    // RFC 3261 §16.7: a 6xx speaks for all of their phones.
    if (failure.sipCode >= 600) this.#drop(null);
    if (this.#attempts.size > 0) return;
    const worst = mostTelling(this.#failures);
    if (worst.next && this.#round + 1 < this.#rounds.length) return this.#next();
    if (worst.error !== null) this.#parts.notice(this.#sid, worst.error);
    this.#listener?.ended(worst.status, worst.sipCode);
  }

  ended(attempt: Attempt, problem: string | null): void {
    this.#attempts.delete(attempt);
    if (problem !== null) this.#parts.notice(this.#sid, telephoneGone(problem));
    this.#listener?.ended('completed', 200);
  }

  silent(_attempt: Attempt, silence: Silence): void {
    this.#parts.notice(this.#sid, nothingHeard(silence), 'warning');
  }

  #next(): void {
    this.#round += 1;
    this.#failures = [];
    this.#try(this.#rounds[this.#round] ?? []);
  }

  #try(ways: readonly Way[]): void {
    const attempts = ways.map((way) => {
      this.#legs += 1;
      return new Attempt(way, `${this.#sid}-${this.#legs}`, this.#parts, this);
    });
    for (const attempt of attempts) this.#attempts.add(attempt);
    const isLast = this.#round + 1 === this.#rounds.length;
    for (const attempt of attempts) if (this.#attempts.has(attempt)) attempt.start({ isLast });
  }

  #drop(kept: Attempt | null): void {
    for (const attempt of [...this.#attempts]) {
      if (attempt === kept) continue;
      this.#attempts.delete(attempt);
      attempt.close();
    }
  }
}

/**
 * RFC 3261 §16.7, step 6: a 6xx first, then what says something about who is called, and what went
 * wrong on the way last.
 */
function mostTelling(failures: readonly CallFailure[]): CallFailure {
  const rank = ({ sipCode, next }: CallFailure) => (sipCode >= 600 ? 0 : next ? 2 : 1);
  const [first, ...others] = failures;
  if (first === undefined) throw new Error('nothing has failed');
  return others.reduce((best, one) => (rank(one) < rank(best) ? one : best), first);
}
