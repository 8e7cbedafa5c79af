import { describe, expect, it } from 'vitest';
import { SourceLatch } from './source-latch.ts';

const NAMED = { address: '198.51.100.1', port: 4000 };
const NATTED = { address: '198.51.100.1', port: 61_000 };
const STRANGER = { address: '203.0.113.9', port: 4000 };

/** Sends packets, 20 ms apart; gives back what became of each. */
function stream(
  latch: SourceLatch,
  source: typeof NAMED,
  { from, packets, step = 1 }: { from: number; packets: number; step?: number },
): boolean[] {
  return Array.from({ length: packets }, (_, i) =>
    latch.accepts(source, (65_530 + i * step) & 0xffff, false, from + 20 * i),
  );
}

describe('the source of a stream', () => {
  it('is the one that was named, at once', () => {
    const latch = new SourceLatch(NAMED, 0);
    expect(latch).toMatchObject({ target: NAMED, found: false });
    expect(latch.accepts(NAMED, 1, false, 10)).toBe(true);
    expect(latch).toMatchObject({ target: NAMED, found: true });
  });

  it('is another one when the named one says nothing for half a second', () => {
    const latch = new SourceLatch(NAMED, 0);
    const taken = stream(latch, NATTED, { from: 0, packets: 40 });
    expect(taken.indexOf(true)).toBe(25);
    expect(taken.slice(25)).not.toContain(false);
    expect(latch.target).toEqual(NATTED);
  });

  it('is nobody whose packets are no stream', () => {
    const latch = new SourceLatch(NAMED, 0);
    expect(stream(latch, STRANGER, { from: 1000, packets: 50, step: 7 })).not.toContain(true);
    expect(latch.target).toEqual(NAMED);
  });

  it('stays who it is while it speaks, whoever else does', () => {
    const latch = new SourceLatch(NAMED, 0);
    for (let n = 0; n < 500; n++) {
      expect(latch.accepts(NAMED, n, false, n * 20)).toBe(true);
      expect(latch.accepts(STRANGER, n, false, n * 20)).toBe(false);
    }
  });

  it('moves when the known one is silent for two seconds, and back to the named one at once', () => {
    const latch = new SourceLatch(NAMED, 0);
    latch.accepts(NAMED, 1, false, 0);
    expect(stream(latch, NATTED, { from: 20, packets: 200 }).indexOf(true)).toBe(99);
    expect(latch.target).toEqual(NATTED);
    expect(latch.accepts(NAMED, 9, false, 4100)).toBe(true);
    expect(latch.target).toEqual(NAMED);
  });

  it('is whoever is authentic', () => {
    const latch = new SourceLatch(NAMED, 0);
    latch.accepts(NAMED, 1, false, 0);
    expect(latch.accepts(NATTED, 2, true, 20)).toBe(true);
    expect(latch.target).toEqual(NATTED);
  });

  it('is looked for anew when another one is named', () => {
    const latch = new SourceLatch(NAMED, 0);
    stream(latch, NATTED, { from: 0, packets: 40 });
    latch.name(NAMED, 800);
    expect(latch.target).toEqual(NATTED);
    latch.name(STRANGER, 800);
    expect(latch).toMatchObject({ target: STRANGER, found: false });
    expect(latch.accepts(NATTED, 1, false, 820)).toBe(false);
    expect(latch.accepts(STRANGER, 1, false, 820)).toBe(true);
  });
});
