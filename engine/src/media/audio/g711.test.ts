import { describe, expect, it } from 'vitest';
import { aLaw, decode, encode, muLaw } from './g711.ts';

describe.each([muLaw, aLaw])('$name', (law) => {
  it('keeps every byte through decoding and encoding', () => {
    for (let byte = 0; byte < 256; byte++) {
      const sample = law.decodeTable[byte]!;
      const again = law.encodeTable[sample & 0xffff]!;
      // mu-law has a negative zero, which comes back as zero.
      expect(law.decodeTable[again]).toBe(sample);
    }
  });

  it('is off by at most one part in sixteen, or a step at the quiet end', () => {
    for (let sample = -32000; sample <= 32000; sample += 7) {
      const back = law.decodeTable[law.encodeTable[sample & 0xffff]!]!;
      expect(Math.abs(back - sample)).toBeLessThanOrEqual(Math.max(16, Math.abs(sample) / 16));
    }
  });

  it('never turns louder into softer', () => {
    let last = -Infinity;
    for (let sample = -32768; sample < 32768; sample++) {
      const back = law.decodeTable[law.encodeTable[sample & 0xffff]!]!;
      expect(back).toBeGreaterThanOrEqual(last);
      last = back;
    }
  });
});

it('has the values of the standard', () => {
  expect([0xff, 0x7f, 0x80, 0x00].map((byte) => muLaw.decodeTable[byte])).toEqual([
    0, 0, 32124, -32124,
  ]);
  expect([0xd5, 0x55, 0xaa, 0x2a].map((byte) => aLaw.decodeTable[byte])).toEqual([
    8, -8, 32256, -32256,
  ]);
  expect([0, 32767, -32768].map((sample) => muLaw.encodeTable[sample & 0xffff])).toEqual([
    0xff, 0x80, 0x00,
  ]);
  expect([0, -1, 32767, -32768].map((sample) => aLaw.encodeTable[sample & 0xffff])).toEqual([
    0xd5, 0x55, 0xaa, 0x2a,
  ]);
  expect([muLaw.silence, aLaw.silence]).toEqual([0xff, 0xd5]);
});

it('writes one channel among others', () => {
  const bytes = new Uint8Array(6);
  encode(muLaw, Int16Array.of(0, 32767, -32768), bytes, 1, 2);
  expect([...bytes]).toEqual([0, 0xff, 0, 0x80, 0, 0x00]);
  expect([...decode(muLaw, Uint8Array.of(0xff, 0x80))]).toEqual([0, 32124]);
});
