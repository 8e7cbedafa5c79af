import { readFileSync, writeFileSync } from 'node:fs';
import { MPEGDecoder } from 'mpg123-decoder';

/** One channel of sound, samples from -1 to 1. */
export interface Sound {
  rate: number;
  samples: Float32Array;
}

/** A pure tone as a WAV file (16-bit PCM, mono), for a customer's script or a fake microphone. */
export function writeTone(
  path: string,
  tone: { hz: number; seconds: number; level?: number; rate?: number },
): void {
  const { hz, seconds, level = 0.3, rate = 8000 } = tone;
  const count = Math.round(rate * seconds);
  const data = Buffer.alloc(44 + count * 2);
  data.write('RIFF', 0);
  data.writeUInt32LE(36 + count * 2, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(rate * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(count * 2, 40);
  for (let i = 0; i < count; i++) {
    const sample = level * Math.sin((2 * Math.PI * hz * i) / rate);
    data.writeInt16LE(Math.round(sample * 32_767), 44 + i * 2);
  }
  writeFileSync(path, data);
}

/** The channels of an MP3, left first. Throws when it does not decode. */
export async function decodeMp3(source: string | Uint8Array): Promise<Sound[]> {
  const bytes = typeof source === 'string' ? readFileSync(source) : source;
  const decoder = new MPEGDecoder();
  await decoder.ready;
  try {
    const { channelData, sampleRate, errors } = decoder.decode(bytes);
    if (errors.length > 0) throw new Error(`the MP3 is damaged: ${errors[0]?.message ?? ''}`);
    return channelData.map((samples) => ({ rate: sampleRate, samples }));
  } finally {
    decoder.free();
  }
}

/**
 * Mean power at exactly one frequency (Goertzel): a full-scale tone there gives 0.25, whatever the
 * length; other frequencies give next to nothing.
 */
export function powerAt(hz: number, { samples, rate }: Sound): number {
  const omega = (2 * Math.PI * hz) / rate;
  const coefficient = 2 * Math.cos(omega);
  let last = 0;
  let beforeLast = 0;
  for (const sample of samples) {
    const next = sample + coefficient * last - beforeLast;
    beforeLast = last;
    last = next;
  }
  const power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast;
  return power / samples.length ** 2;
}

/** How far one tone stands above another, in dB; the floor keeps silence comparable. */
export function decibelsAbove(wanted: number, other: number, sound: Sound): number {
  const floor = 1e-9;
  return 10 * Math.log10((powerAt(wanted, sound) + floor) / (powerAt(other, sound) + floor));
}

/**
 * How much of a sound's energy is exactly one tone: 0.5 for that tone alone, 0.25 when it is there
 * half of the time (bursts), next to nothing for speech, however loud.
 */
export function shareOf(hz: number, sound: Sound): number {
  const { samples } = sound;
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
  return powerAt(hz, sound) / (energy / Math.max(1, samples.length) + 1e-9);
}

/** Loudness over all frequencies, in dB below full scale; -90 is silence. */
export function loudness({ samples }: Sound): number {
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
  return 10 * Math.log10(energy / Math.max(1, samples.length) + 1e-9);
}

/** From `from` to `to` seconds. */
export function part(sound: Sound, from: number, to: number): Sound {
  const { rate, samples } = sound;
  return { rate, samples: samples.slice(Math.round(from * rate), Math.round(to * rate)) };
}
