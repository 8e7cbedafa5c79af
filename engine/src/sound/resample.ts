/** Sound of one channel, samples from -1 to 1. */
export interface Clip {
  rate: number;
  samples: Float32Array;
}

/** Zero crossings of the sinc on each side: enough that what folds back is not heard. */
const REACH = 16;

/**
 * The same sound at another rate, by a windowed sinc: what lies above half the new rate is left
 * out, so that none of it folds back as noise.
 */
export function resample(clip: Clip, rate: number): Clip {
  if (clip.rate === rate) return clip;
  const ratio = clip.rate / rate;
  const cutoff = Math.min(1, 1 / ratio) * 0.95;
  const reach = REACH / cutoff;
  const { samples } = clip;
  const out = new Float32Array(Math.floor(samples.length / ratio));
  const steps = stepsOf(clip.rate, rate);
  const kernels = new Map<number, Float32Array>();
  const taps = 2 * Math.ceil(reach) + 2;
  for (let i = 0; i < out.length; i++) {
    const centre = i * ratio;
    const first = Math.ceil(centre - reach);
    let kernel = kernels.get(i % steps);
    if (kernel === undefined) {
      kernel = kernelOf(centre - first, taps, cutoff, reach);
      kernels.set(i % steps, kernel);
    }
    let sum = 0;
    for (let k = 0; k < taps; k++) sum += (samples[first + k] ?? 0) * kernel[k]!;
    out[i] = sum;
  }
  return { rate, samples: out };
}

/** After so many samples the two rates are in step again, and the same kernels come back. */
function stepsOf(from: number, to: number): number {
  let [a, b] = [from, to];
  while (b !== 0) [a, b] = [b, a % b];
  return to / a;
}

function kernelOf(offset: number, taps: number, cutoff: number, reach: number): Float32Array {
  return Float32Array.from({ length: taps }, (_, k) => {
    const distance = k - offset;
    if (Math.abs(distance) > reach) return 0;
    const x = distance * cutoff;
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    return (0.5 + 0.5 * Math.cos((Math.PI * distance) / reach)) * sinc * cutoff;
  });
}
