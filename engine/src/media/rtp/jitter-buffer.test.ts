import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newFrame } from '../audio/frame.ts';
import { encode, muLaw } from '../audio/g711.ts';
import { Tone } from '../audio/tones.ts';
import { JitterBuffer } from './jitter-buffer.ts';

interface Sent {
  ssrc: number;
  timestamp: number;
  marker: boolean;
  payload: Uint8Array;
}

/** Each packet says its own number, as one of the 80 loudest values that mu-law can say. */
const NUMBERS = 80;
const FIRST_BYTE = 0x80;
const numbers = new Map(
  Array.from({ length: NUMBERS }, (_, n) => [muLaw.decodeTable[FIRST_BYTE + n]!, n]),
);

function numbered(n: number, { ssrc = 1, start = 0xffff_ff00 } = {}): Sent {
  const payload = new Uint8Array(160).fill(FIRST_BYTE + (n % NUMBERS));
  return { ssrc, timestamp: (start + 160 * n) >>> 0, marker: n === 0, payload };
}

/** Which packet a sample came from; null when it is silence, or was made up. */
function numberOf(sample: number | undefined): number | null {
  return numbers.get(sample ?? 0) ?? null;
}

function pull(buffer: JitterBuffer): Int16Array {
  const frame = newFrame();
  buffer.pull(frame);
  return frame;
}

describe('a jitter buffer', () => {
  it('plays an even stream in order, 40 ms late, without losing anything', () => {
    const buffer = new JitterBuffer();
    const played: number[] = [];
    for (let n = 0; n < 40; n++) {
      buffer.push(muLaw, numbered(n));
      played.push(numberOf(pull(buffer)[80]) ?? -1);
    }
    expect(played).toEqual([-1, -1, ...Array.from({ length: 38 }, (_, n) => n)]);
  });

  it('puts order into disorder and ignores repetitions', () => {
    const buffer = new JitterBuffer();
    for (const n of [0, 2, 1, 1, 3, 2]) buffer.push(muLaw, numbered(n));
    pull(buffer);
    pull(buffer);
    expect([0, 1, 2, 3].map(() => numberOf(pull(buffer)[80]))).toEqual([0, 1, 2, 3]);
    expect(buffer.stats.duplicates).toBe(2);
    expect(buffer.stats.concealedFrames).toBe(2);
  });

  it('fills a lost packet with something like its neighbours', () => {
    const buffer = new JitterBuffer();
    for (const n of [0, 1, 2, 4, 5]) buffer.push(muLaw, numbered(n));
    const frames = Array.from({ length: 8 }, () => pull(buffer));
    expect(numberOf(frames[5]![40])).toBe(2);
    expect(numberOf(frames[6]![80])).toBe(4);
  });

  it('waits longer when packets are late, and gets quick again', () => {
    const buffer = new JitterBuffer();
    let sent = 0;
    /** Runs so many frames in which packets come five at a time, or one by one. */
    const run = (frames: number, atATime: number): { behind: number; concealed: number } => {
      const before = buffer.stats.concealedFrames;
      let behind = 0;
      for (let tick = 1; tick <= frames; tick++) {
        if (tick % atATime === 0) {
          for (let i = 0; i < atATime; i++) buffer.push(muLaw, numbered(sent++));
        }
        const heard = numberOf(pull(buffer)[159]);
        if (heard !== null) behind = (sent - 1 - heard + NUMBERS) % NUMBERS;
      }
      return { behind, concealed: buffer.stats.concealedFrames - before };
    };
    expect(run(200, 1)).toEqual({ behind: 1, concealed: 2 });
    run(50, 5);
    expect(run(200, 5).concealed).toBeLessThan(5);
    expect(run(3000, 1)).toEqual({ behind: 1, concealed: 0 });
  });

  it('makes nothing up for a sender that says that it is silent', () => {
    const buffer = new JitterBuffer();
    for (const n of [0, 1, 2]) buffer.push(muLaw, numbered(n));
    buffer.pause();
    const frame = newFrame();
    const spoke = Array.from({ length: 20 }, () => buffer.pull(frame));
    expect(spoke).toEqual([false, false, true, true, true, ...Array<false>(15).fill(false)]);
    expect(frame).toEqual(newFrame());
    expect(buffer.stats.concealedFrames).toBe(0);
    for (const n of [20, 21, 22]) {
      buffer.push(muLaw, numbered(n));
      buffer.pull(frame);
    }
    expect(numberOf(frame[80])).toBe(20);
  });

  it('follows a new stream, a jump in time, and a sender whose clock stood still', () => {
    const buffer = new JitterBuffer();
    const run = (from: number, to: number, options: object): void => {
      for (let n = from; n < to; n++) {
        buffer.push(muLaw, numbered(n, options));
        pull(buffer);
      }
    };
    const lastHeard = (n: number, options: object): number | null => {
      buffer.push(muLaw, numbered(n, options));
      return numberOf(pull(buffer)[80]);
    };
    run(0, 20, {});
    run(0, 20, { ssrc: 2, start: 5000 });
    expect(lastHeard(20, { ssrc: 2, start: 5000 })).toBe(18);
    run(21, 40, { ssrc: 2, start: 900_000 });
    expect(lastHeard(40, { ssrc: 2, start: 900_000 })).toBeGreaterThanOrEqual(38);
    for (let tick = 0; tick < 11; tick++) pull(buffer);
    run(41, 60, { ssrc: 2, start: 900_000 });
    expect(lastHeard(60, { ssrc: 2, start: 900_000 })).toBeGreaterThanOrEqual(53);
  });

  it('keeps up with a sender whose clock is a little fast or slow', () => {
    for (const drift of [0.995, 1.005]) {
      const buffer = new JitterBuffer();
      let sent = 0;
      for (let tick = 0; tick < 3000; tick++) {
        while (sent < tick * drift) buffer.push(muLaw, numbered(sent++));
        pull(buffer);
      }
      const heard = numberOf(pull(buffer)[80]);
      const behind = (sent - (heard ?? 0) + NUMBERS) % NUMBERS;
      expect(behind).toBeLessThan(8);
    }
  });

  it('keeps a tone whole through jitter of up to 30 ms', () => {
    const buffer = new JitterBuffer();
    const tone = new Tone([440], 8000);
    const frame = newFrame();
    const queue: { at: number; packet: Sent }[] = [];
    for (let n = 0; n < 500; n++) {
      tone.fill(frame);
      const payload = new Uint8Array(160);
      encode(muLaw, frame, payload);
      const at = n * 20 + ((n * 7919) % 31);
      queue.push({ at, packet: { ssrc: 1, timestamp: n * 160, marker: false, payload } });
    }
    for (let tick = 0; tick < 500; tick++) {
      for (const due of queue.filter((one) => one.at >= (tick - 1) * 20 && one.at < tick * 20)) {
        buffer.push(muLaw, due.packet);
      }
      pull(buffer);
    }
    // Two at the start, and what it took to learn.
    expect(buffer.stats.concealedFrames).toBeLessThan(8);
  });

  it('survives anything, says nothing twice, and stays within its depth', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('next' as const) }) },
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('pull' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const) }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('again' as const), back: fc.nat(20) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('wild' as const),
          timestamp: fc.nat(0xffffffff),
          length: fc.nat(3000),
        }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const buffer = new JitterBuffer();
        let sent = 0;
        for (const one of steps) {
          if (one.kind === 'next') buffer.push(muLaw, numbered(sent++));
          if (one.kind === 'lose') sent++;
          if (one.kind === 'again') buffer.push(muLaw, numbered(Math.max(0, sent - one.back)));
          if (one.kind === 'pull') pull(buffer);
          if (one.kind === 'wild') {
            const payload = new Uint8Array(one.length);
            buffer.push(muLaw, { ssrc: 1, timestamp: one.timestamp, marker: false, payload });
          }
          expect(buffer.marginMs).toBeGreaterThanOrEqual(20);
          expect(buffer.marginMs).toBeLessThanOrEqual(120);
        }
      }),
    );
  });

  it('plays what arrives in time in order, whatever order that was', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2), { minLength: 30, maxLength: 70 }), (delays) => {
        const buffer = new JitterBuffer();
        const heard: number[] = [];
        for (let tick = 0; tick < delays.length + 10; tick++) {
          delays.forEach((delay, n) => {
            if (n + delay === tick) buffer.push(muLaw, { ...numbered(n), marker: false });
          });
          const frame = pull(buffer);
          if (frame.every((sample) => sample === frame[0]) && frame[0] !== 0) {
            heard.push(numberOf(frame[0])!);
          }
        }
        expect(heard).toEqual([...heard].sort((a, b) => a - b));
        expect(heard.length).toBeGreaterThan(delays.length / 4);
      }),
    );
  });
});
