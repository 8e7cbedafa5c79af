import type { Wire } from './wire.ts';

/** What may happen to a datagram; each is a share of all, 0 to 1. */
export interface Mishaps {
  lost: number;
  /** Comes twice. */
  doubled: number;
  /** Comes up to `lateMs` later than those sent after it. */
  late: number;
  lateMs: number;
}

/**
 * For tests: a bad network in front of a wire, both ways, the same for the same seed. What is still
 * late when it is closed never comes.
 */
export function lossyWire(seed: number, mishaps: Mishaps): (wire: Wire) => Wire {
  const random = randomFrom(seed);
  const suffer = (deliver: () => void): void => {
    if (random() < mishaps.lost) return;
    const copies = random() < mishaps.doubled ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (random() < mishaps.late) setTimeout(deliver, random() * mishaps.lateMs);
      else deliver();
    }
  };
  return (wire) => {
    const lossy: Wire = {
      port: wire.port,
      onMessage: () => undefined,
      send: (...datagram) => suffer(() => wire.send(...datagram)),
      close: () => wire.close(),
    };
    wire.onMessage = (...datagram) => suffer(() => lossy.onMessage(...datagram));
    return lossy;
  };
}

/** Numbers from 0 to 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
