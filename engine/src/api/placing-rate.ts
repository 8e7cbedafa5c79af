/** Below this nobody is held back: a machine that is busy for a moment is not overloaded by calls. */
const LEAST_PER_SECOND = 50;
/** So many may come at once, whatever the rate; above that, a quarter of a second's worth. */
const LEAST_BURST = 25;
const BURST_SECONDS = 0.25;
/** Of what was accepted of late, so much is accepted next when that was too much. */
const LESS = 0.85;
/** By how much the rate grows in each period in which all is well, until nobody needs it. */
const MORE = 1.08;
/** A single period is a pause (the journal is written anew, say); the next one is overload. */
const PERIODS_BEHIND = 2;
/** How much the newest period counts in what is accepted of late. */
const NEWEST = 0.3;

/**
 * How many calls a second may be placed, found out while they are: less than was accepted as soon
 * as the process falls behind, a little more for as long as it does not. Both are factors, because
 * nothing is known of the machine's size. Times are milliseconds of any clock.
 */
export class PlacingRate {
  #perSecond = Infinity;
  #tokens = LEAST_BURST;
  #filledAt: number;
  #accepted = 0;
  #acceptedPerSecond = 0;
  #behind = 0;
  #judgedAt: number;

  constructor(now: number) {
    this.#filledAt = now;
    this.#judgedAt = now;
  }

  /** Infinity: nobody is held back. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /** Whether one more call may be placed now; if so, it counts. */
  take(now: number): boolean {
    if (this.#perSecond !== Infinity) {
      const most = Math.max(LEAST_BURST, this.#perSecond * BURST_SECONDS);
      const more = ((now - this.#filledAt) / 1000) * this.#perSecond;
      this.#tokens = Math.min(most, this.#tokens + more);
      this.#filledAt = now;
      if (this.#tokens < 1) return false;
      this.#tokens -= 1;
    }
    this.#accepted += 1;
    return true;
  }

  /** Once every period: was the process `behind` in the one that ends now? */
  judge(behind: boolean, now: number): void {
    const accepted = this.#accepted / Math.max(0.001, (now - this.#judgedAt) / 1000);
    this.#acceptedPerSecond += NEWEST * (accepted - this.#acceptedPerSecond);
    this.#accepted = 0;
    this.#judgedAt = now;
    this.#behind = behind ? this.#behind + 1 : 0;
    if (this.#behind >= PERIODS_BEHIND) this.#slower(now);
    else if (!behind) this.#faster();
  }

  #slower(now: number): void {
    if (this.#perSecond === Infinity) [this.#tokens, this.#filledAt] = [LEAST_BURST, now];
    const less = Math.min(this.#perSecond, this.#acceptedPerSecond) * LESS;
    this.#perSecond = Math.max(LEAST_PER_SECOND, less);
  }

  #faster(): void {
    if (this.#perSecond === Infinity) return;
    this.#perSecond *= MORE;
    // Several times what is asked for holds nobody back.
    if (this.#acceptedPerSecond * 4 < this.#perSecond) this.#perSecond = Infinity;
  }
}
