import { describe, expect, it } from 'vitest';
import { PlacingRate } from './placing-rate.ts';

const PERIOD_MS = 100;

/** A machine that carries so many calls a second, asked for more or less in even steps. */
class Machine {
  readonly rate = new PlacingRate(0);
  readonly #carries: number;
  #now = 0;
  #undone = 0;

  constructor(carries: number) {
    this.#carries = carries;
  }

  /** How many of the calls were accepted, and the longest that one had to wait, in ms. */
  run(perSecond: number, seconds: number): { accepted: number; longestMs: number } {
    let [accepted, longestMs] = [0, 0];
    for (let ms = 1; ms <= seconds * 1000; ms += 1) {
      this.#now += 1;
      const due = Math.floor((ms * perSecond) / 1000) - Math.floor(((ms - 1) * perSecond) / 1000);
      for (let n = 0; n < due; n += 1) {
        if (!this.rate.take(this.#now)) continue;
        accepted += 1;
        this.#undone += 1;
      }
      this.#undone = Math.max(0, this.#undone - this.#carries / 1000);
      const lateMs = (this.#undone / this.#carries) * 1000;
      longestMs = Math.max(longestMs, lateMs);
      if (this.#now % PERIOD_MS === 0) this.rate.judge(lateMs > 30, this.#now);
    }
    return { accepted, longestMs };
  }
}

describe('the rate at which calls may be placed', () => {
  it('holds nobody back while the machine keeps up', () => {
    const machine = new Machine(500);
    expect(machine.run(450, 10).accepted).toBe(4_500);
    expect(machine.rate.perSecond).toBe(Infinity);
  });

  it('settles at what the machine carries when twice as much is asked for', () => {
    const machine = new Machine(500);
    const first = machine.run(1_000, 2);
    expect(first.longestMs).toBeLessThan(400);
    const later = machine.run(1_000, 10);
    expect(later.accepted).toBeGreaterThan(0.75 * 5_000);
    expect(later.accepted).toBeLessThan(1.05 * 5_000);
    expect(later.longestMs).toBeLessThan(200);
  });

  it('is forgotten when less is asked for', () => {
    const machine = new Machine(500);
    machine.run(2_000, 3);
    machine.run(50, 3);
    expect(machine.rate.perSecond).toBe(Infinity);
    expect(machine.run(400, 2).accepted).toBe(800);
  });

  it('takes one pause for a pause, and a busy machine’s few calls as they come', () => {
    const rate = new PlacingRate(0);
    rate.judge(true, 100);
    rate.judge(false, 200);
    expect(rate.perSecond).toBe(Infinity);
    rate.judge(true, 300);
    expect(rate.perSecond).toBe(Infinity);
    rate.judge(true, 400);
    expect(rate.perSecond).toBe(50);
    const many = Array.from({ length: 26 }, () => rate.take(400));
    expect(many.filter((taken) => taken)).toHaveLength(25);
  });
});
