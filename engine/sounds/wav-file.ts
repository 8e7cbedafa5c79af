import { writeFileSync } from 'node:fs';

/** Mono sound in memory, samples from -1 to 1. */
export interface Clip {
  rate: number;
  samples: Float32Array;
}

/** ITU-T G.711 mu-law: one sample of 16 bits becomes one byte. */
function muLaw(sample: number): number {
  const bias = 0x84;
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32_635) + bias;
  let exponent = 7;
  for (let mask = 0x4000; (magnitude & mask) === 0 && exponent > 0; mask >>= 1) exponent--;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

function header(format: 1 | 7, rate: number, dataBytes: number): Buffer {
  const bytesPerSample = format === 1 ? 2 : 1;
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + dataBytes + (dataBytes % 2), 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(format, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * bytesPerSample, 28);
  head.writeUInt16LE(bytesPerSample, 32);
  head.writeUInt16LE(bytesPerSample * 8, 34);
  head.write('data', 36);
  head.writeUInt32LE(dataBytes, 40);
  return head;
}

/** pcm16: any player reads it. mu-law: half the size, and what a telephone line carries anyway. */
export function writeWav(path: string, clip: Clip, coding: 'pcm16' | 'mu-law'): void {
  const wide = Array.from(clip.samples, (sample) =>
    Math.round(Math.max(-1, Math.min(1, sample)) * 32_767),
  );
  const data =
    coding === 'mu-law' ? Buffer.from(wide.map(muLaw)) : Buffer.from(new Int16Array(wide).buffer);
  const format = coding === 'mu-law' ? 7 : 1;
  const padding = Buffer.alloc(data.length % 2);
  writeFileSync(path, Buffer.concat([header(format, clip.rate, data.length), data, padding]));
}
