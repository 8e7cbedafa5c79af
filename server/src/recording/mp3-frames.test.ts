import { describe, expect, test } from 'vitest';
import { mp3Of } from '../../test/recording-audio.ts';
import { FrameWalker, readFrameHeader, type FrameCount } from './mp3-frames.ts';

function walk(file: Buffer, pieceBytes = file.length): FrameCount {
  const walker = new FrameWalker();
  for (let at = 0; at < file.length; at += pieceBytes) {
    walker.feed(file.subarray(at, at + pieceBytes));
  }
  return walker.end();
}

describe('reading a frame header', () => {
  test('knows length and channels of the three versions', () => {
    // MPEG 2.5, 8 kHz, 32 kbit/s, joint stereo; MPEG 2, 22.05 kHz, 32; MPEG 1, 44.1 kHz, 128, padded.
    expect(readFrameHeader(Buffer.from('ffe34864', 'hex'), 0)).toEqual({ bytes: 288, mono: false });
    expect(readFrameHeader(Buffer.from('fff340c4', 'hex'), 0)).toEqual({ bytes: 104, mono: true });
    expect(readFrameHeader(Buffer.from('fffb9264', 'hex'), 0)).toEqual({ bytes: 418, mono: false });
  });

  test('refuses what is no layer III frame', () => {
    for (const hex of [
      '00000000',
      'fffd9064',
      'ffe3f864',
      'ffe30864',
      'ffeb4864',
      'ffe34c64',
      'ff',
    ]) {
      expect(readFrameHeader(Buffer.from(hex, 'hex'), 0), hex).toBeNull();
    }
  });
});

describe('walking a file', () => {
  test('finds every frame of a healthy file, in pieces of any size', async () => {
    const file = await mp3Of({ hertz: [440, 880], seconds: 5 });
    const whole = { frames: file.length / 288, monoFrames: 0, strayBytes: 0, endsInFrame: false };
    for (const piece of [file.length, 65_536, 1000, 288, 7, 1]) {
      expect(walk(file, piece), `pieces of ${piece}`).toEqual(whole);
    }
  });

  test('counts mono frames', async () => {
    const count = walk(await mp3Of({ hertz: [440], seconds: 1 }));
    expect(count.monoFrames).toBe(count.frames);
    expect(count.frames).toBeGreaterThan(10);
  });

  test('says when the file is cut off inside a frame', async () => {
    const file = await mp3Of({ hertz: [440, 880], seconds: 2 });
    for (const missing of [1, 100, 287]) {
      const count = walk(file.subarray(0, file.length - missing), 100);
      expect(count, `${missing} bytes missing`).toMatchObject({ endsInFrame: true, strayBytes: 0 });
    }
  });

  test('steps over tags at both ends', async () => {
    const file = await mp3Of({ hertz: [440, 880], seconds: 1 });
    const front = Buffer.concat([
      Buffer.from('494433040000000001 00'.replace(' ', ''), 'hex'),
      Buffer.alloc(128, 0xff),
    ]);
    const back = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 0x20)]);
    const tagged = Buffer.concat([front, file, back]);
    for (const piece of [tagged.length, 100, 3]) {
      expect(walk(tagged, piece), `pieces of ${piece}`).toEqual(walk(file));
    }
  });

  test('finds its feet again after damage', async () => {
    const file = await mp3Of({ hertz: [440, 880], seconds: 5 });
    const damaged = Buffer.from(file);
    damaged.fill(0x55, 2000, 4000);
    const count = walk(damaged, 500);
    expect(count.frames).toBeGreaterThan(file.length / 288 - 10);
    expect(count.strayBytes).toBeGreaterThan(1000);
    expect(count.strayBytes).toBeLessThan(2400);
  });

  test('sees nothing but litter in a web page, and nothing in nothing', () => {
    const page = Buffer.from('<html>not found</html>'.repeat(500));
    expect(walk(page, 777)).toMatchObject({ frames: 0, strayBytes: page.length });
    expect(walk(Buffer.alloc(0))).toMatchObject({ frames: 0, strayBytes: 0, endsInFrame: false });
  });
});
