import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWav, WavError, wavHeader } from './wav.ts';

function pcm(samples: number[]): Buffer {
  return Buffer.from(Int16Array.from(samples).buffer);
}

function wav(samples: number[]): Buffer {
  return Buffer.concat([wavHeader(2 * samples.length, 1), pcm(samples)]);
}

describe('a WAV file', () => {
  it('is read as it was written', () => {
    expect([...readWav(wav([1, -2, 32767]))]).toEqual([1, -2, 32767]);
  });

  it('in G.711 is decoded', () => {
    for (const [tag, byte, sample] of [
      [7, 0x80, 32124],
      [6, 0xaa, 32256],
    ] as const) {
      const file = Buffer.concat([wavHeader(1, 1), Buffer.of(byte)]);
      file.writeUInt16LE(tag, 20);
      file.writeUInt16LE(8, 34);
      expect([...readWav(file)]).toEqual([sample]);
    }
  });

  it('may have other chunks before its sound, and may be cut off', () => {
    const file = wav([5, 6]);
    const list = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1');
    const odd = Buffer.concat([file.subarray(0, 36), list, file.subarray(36)]);
    expect([...readWav(odd)]).toEqual([5, 6]);
    expect([...readWav(file.subarray(0, 46))]).toEqual([5]);
  });

  it('in another form is refused in words', () => {
    const stereo = wav([1]);
    stereo.writeUInt16LE(2, 22);
    expect(() => readWav(stereo)).toThrow('2 channels');
    const fast = wav([1]);
    fast.writeUInt32LE(44100, 24);
    expect(() => readWav(fast)).toThrow('44100 Hz');
    const wide = wav([1]);
    wide.writeUInt16LE(24, 34);
    expect(() => readWav(wide)).toThrow('24 bits');
    expect(() => readWav(Buffer.from('RIFF'))).toThrow('not a WAV');
    expect(() => readWav(wav([]).subarray(0, 36))).toThrow('no sound');
  });

  it('of any bytes is a sound or a WavError', () => {
    const tail = fc.uint8Array({ maxLength: 100 });
    fc.assert(
      fc.property(tail, fc.nat(44), (bytes, keep) => {
        const file = Buffer.concat([wav([1, 2, 3]).subarray(0, keep), bytes]);
        try {
          readWav(file);
        } catch (error) {
          expect(error).toBeInstanceOf(WavError);
        }
      }),
    );
  });
});
