import { describe, expect, it } from 'vitest';
import { Guesses, MOST_GUESSES } from './guesses.ts';

const EVE = '192.0.2.66 CR1';

/** So many wrong passwords, 1 ms apart. */
function guess(guesses: Guesses, times: number, now: number, guesser = EVE): void {
  for (let at = now; at < now + times; at += 1) guesses.add(guesser, at);
}

describe('wrong passwords', () => {
  it('are too many from the tenth within a minute on, for a minute', () => {
    const guesses = new Guesses();
    guess(guesses, MOST_GUESSES - 1, 0);
    expect(guesses.tooMany(EVE, 1_000)).toBe(false);
    guess(guesses, 1, 59_000);
    expect(guesses.tooMany(EVE, 118_999)).toBe(true);
    expect(guesses.tooMany('192.0.2.66 CR2', 118_999)).toBe(false);
    expect(guesses.tooMany(EVE, 119_000)).toBe(false);
  });

  it('are no longer counted after their minute', () => {
    const guesses = new Guesses();
    guess(guesses, MOST_GUESSES - 1, 0);
    guess(guesses, MOST_GUESSES - 1, 60_000);
    expect(guesses.tooMany(EVE, 60_100)).toBe(false);
  });

  it('do not make the minute longer while nobody listens', () => {
    const guesses = new Guesses();
    guess(guesses, MOST_GUESSES, 0);
    guess(guesses, 1, 30_000);
    expect(guesses.tooMany(EVE, 60_009)).toBe(false);
  });

  it('are counted of so many at most, and forgotten with time', () => {
    const guesses = new Guesses();
    for (let one = 0; one < 10_050; one += 1) guess(guesses, 1, 0, `192.0.2.1 CR${one}`);
    expect(guesses.size).toBe(10_000);
    guess(guesses, 1, 60_000);
    expect(guesses.size).toBe(1);
  });
});
