import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MPEGDecoder } from 'mpg123-decoder';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { encode, muLaw } from '../audio/g711.ts';
import { Tone } from '../audio/tones.ts';
import { readWav } from '../audio/wav.ts';
import { Mp3Encoder, spoolToWav } from './mp3.ts';

const SECONDS = 3;
const ONSET = 8000;
const SAMPLES = SECONDS * 8000 + 77;

describe('from spool to sound file', () => {
  let folder: string;
  let spool: string;
  let encoder: Mp3Encoder;

  beforeAll(async () => {
    encoder = new Mp3Encoder();
    folder = await mkdtemp(join(tmpdir(), 'offhook-mp3-'));
    spool = join(folder, 'spool');
    // 440 Hz left and 1 kHz right, both from exactly one second on.
    const bytes = Buffer.alloc(2 * SAMPLES + 1, muLaw.silence);
    for (const [channel, hz] of [440, 1000].entries()) {
      const tone = new Int16Array(SAMPLES);
      new Tone([hz], 8000).fill(tone, ONSET);
      encode(muLaw, tone, bytes, channel, 2);
    }
    await writeFile(spool, bytes);
  });
  afterAll(async () => {
    await encoder.close();
    await encoder.close();
    await rm(folder, { recursive: true });
  });

  it('keeps each voice on its channel, in time, at its exact length', async () => {
    const mp3 = join(folder, 'two.mp3');
    const encoded = await encoder.encode(spool, mp3);
    expect(encoded).toEqual({ durationMs: SAMPLES / 8, bytes: (await stat(mp3)).size });
    const { channels, sampleRate } = await decodeMp3(mp3);
    expect(sampleRate).toBe(8000);
    expect(channels).toHaveLength(2);
    const [left, right] = channels as [Float32Array, Float32Array];
    expect(left).toHaveLength(SAMPLES);
    expect(right).toHaveLength(SAMPLES);
    expect(decibels(power(left, 440), power(left, 1000))).toBeGreaterThan(20);
    expect(decibels(power(right, 1000), power(right, 440))).toBeGreaterThan(20);
    for (const channel of [left, right]) expect(Math.abs(onset(channel) - ONSET)).toBeLessThan(80);
  });

  it('sums both voices into one channel', async () => {
    const mp3 = join(folder, 'one.mp3');
    await encoder.encode(spool, mp3, { channels: 1 });
    const { channels } = await decodeMp3(mp3);
    // The decoder doubles a mono file; both are the same.
    const mono = channels[0]!;
    expect(mono).toHaveLength(SAMPLES);
    expect(decibels(power(mono, 440), power(mono, 1000))).toBeCloseTo(0, 0);
  });

  it('makes WAV files sample by sample', async () => {
    const wav = join(folder, 'one.wav');
    const made = await spoolToWav(spool, wav, { channels: 1 });
    const samples = readWav(await readFile(wav));
    expect(samples).toHaveLength(SAMPLES);
    expect(made.bytes).toBe((await stat(wav)).size);
    await spoolToWav(spool, join(folder, 'two.wav'));
    expect((await stat(join(folder, 'two.wav'))).size).toBe(44 + 4 * SAMPLES);
  });

  it('makes a spool of the MP3 again, as long as it was, each voice where it was', async () => {
    const again = join(folder, 'again');
    await encoder.restore(join(folder, 'two.mp3'), again);
    expect((await stat(again)).size).toBe(2 * SAMPLES);
    const mp3 = join(folder, 'again.mp3');
    await encoder.encode(again, mp3);
    const { channels } = await decodeMp3(mp3);
    const [left, right] = channels as [Float32Array, Float32Array];
    expect(decibels(power(left, 440), power(left, 1000))).toBeGreaterThan(20);
    expect(decibels(power(right, 1000), power(right, 440))).toBeGreaterThan(20);
    for (const channel of [left, right]) expect(Math.abs(onset(channel) - ONSET)).toBeLessThan(80);
    await expect(
      encoder.restore(join(folder, 'missing'), join(folder, 'never')),
    ).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('makes a playable file of an empty spool', async () => {
    const empty = join(folder, 'empty');
    await writeFile(empty, '');
    const encoded = await encoder.encode(empty, join(folder, 'empty.mp3'));
    expect(encoded.durationMs).toBe(0);
  });

  it('fails a job whose process dies, and makes the next one all the same', async () => {
    const own = new Mp3Encoder();
    const first = own.encode(spool, join(folder, 'killed.mp3'));
    const second = own.encode(spool, join(folder, 'next.mp3'));
    await vi.waitFor(() => expect(own.pid).not.toBeNull());
    process.kill(own.pid!, 'SIGKILL');
    await expect(first).rejects.toThrow('died');
    await expect(second).resolves.toMatchObject({ durationMs: SAMPLES / 8 });
    await own.close();
  });

  it('says why and leaves nothing when it cannot', async () => {
    const mp3 = join(folder, 'none.mp3');
    await expect(encoder.encode(join(folder, 'missing'), mp3)).rejects.toMatchObject({
      code: 'ENOENT',
    });
    await expect(stat(mp3)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

async function decodeMp3(path: string): Promise<{ channels: Float32Array[]; sampleRate: number }> {
  const decoder = new MPEGDecoder({ enableGapless: true });
  await decoder.ready;
  const { channelData, sampleRate } = decoder.decode(await readFile(path));
  decoder.free();
  return { channels: channelData, sampleRate };
}

/** Of one frequency in the second half of the sound (Goertzel). */
function power(samples: Float32Array, hz: number): number {
  const part = samples.subarray(samples.length >> 1);
  const factor = 2 * Math.cos((2 * Math.PI * hz) / 8000);
  let before = 0;
  let last = 0;
  for (const sample of part) [before, last] = [last, sample + factor * last - before];
  return before * before + last * last - factor * before * last;
}

function decibels(of: number, to: number): number {
  return 10 * Math.log10(of / to);
}

function onset(samples: Float32Array): number {
  return samples.findIndex((sample) => Math.abs(sample) > 0.1);
}
