import { execFileSync } from 'node:child_process';
import type { Clip } from './wav-file.ts';

/** Spoken by espeak-ng, a free speech program (`apt install espeak-ng`). */
export function speak(rate: number, text: string, voice: string): Clip {
  const wav = execFileSync('espeak-ng', ['-v', voice, '-s', '150', '-g', '4', '--stdout', text], {
    maxBuffer: 50_000_000,
  });
  return trimmed(resampled(readPcm16(wav), rate));
}

/** espeak-ng streams, so the lengths in its header are placeholders: read to the end. */
function readPcm16(wav: Buffer): Clip {
  const data = wav.indexOf('data', 12, 'latin1') + 8;
  const count = Math.floor((wav.length - data) / 2);
  return {
    rate: wav.readUInt32LE(24),
    samples: Float32Array.from({ length: count }, (_, i) => wav.readInt16LE(data + i * 2) / 32_768),
  };
}

/** A windowed sinc: nothing above half the new rate is left to fold back as noise. */
function resampled(clip: Clip, rate: number): Clip {
  const ratio = clip.rate / rate;
  const cutoff = Math.min(1, 1 / ratio) * 0.95;
  const reach = 16 / cutoff;
  const length = Math.floor(clip.samples.length / ratio);
  const samples = Float32Array.from({ length }, (_, i) => {
    const centre = i * ratio;
    let sum = 0;
    for (let j = Math.ceil(centre - reach); j <= centre + reach; j++) {
      const x = (j - centre) * cutoff;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
      const window = 0.5 + 0.5 * Math.cos((Math.PI * (j - centre)) / reach);
      sum += (clip.samples[j] ?? 0) * sinc * window * cutoff;
    }
    return sum;
  });
  return { rate, samples };
}

/** Without the silence that the program puts around its words. */
function trimmed(clip: Clip): Clip {
  const loud = (sample: number) => Math.abs(sample) > 0.005;
  const first = clip.samples.findIndex(loud);
  const last = clip.samples.findLastIndex(loud);
  return { rate: clip.rate, samples: clip.samples.slice(Math.max(0, first), last + 1) };
}
