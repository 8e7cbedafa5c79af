/** So many wrong passwords within a minute are no slip of the finger any more. */
export const MOST_GUESSES = 10;
const MINUTE_MS = 60_000;
/** Of so many at once we keep count; after that the oldest are forgotten. */
const MOST_GUESSERS = 10_000;

/**
 * Counts wrong passwords, by whoever guesses at whose. Who guesses too much is not listened to for
 * a minute, right or wrong: so a password takes centuries to find. Times are milliseconds of
 * Date.now().
 */
export class Guesses {
  /** In the order of their last guess. */
  readonly #guessers = new Map<string, { count: number; until: number }>();

  tooMany(guesser: string, now: number): boolean {
    const known = this.#guessers.get(guesser);
    return known !== undefined && known.until > now && known.count >= MOST_GUESSES;
  }

  /** One more wrong password; of who is not listened to none counts. */
  add(guesser: string, now: number): void {
    if (this.tooMany(guesser, now)) return;
    const before = this.#guessers.get(guesser);
    const goesOn = before !== undefined && before.until > now;
    const count = goesOn ? before.count + 1 : 1;
    const until = goesOn && count < MOST_GUESSES ? before.until : now + MINUTE_MS;
    this.#guessers.delete(guesser);
    this.#guessers.set(guesser, { count, until });
    this.#forget(now);
  }

  /** How many are counted. */
  get size(): number {
    return this.#guessers.size;
  }

  #forget(now: number): void {
    for (const [guesser, { until }] of this.#guessers) {
      if (until > now && this.#guessers.size <= MOST_GUESSERS) break;
      this.#guessers.delete(guesser);
    }
  }
}
