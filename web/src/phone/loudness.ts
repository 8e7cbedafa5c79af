/** Root mean square of samples between −1 and 1. */
export function rmsOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, samples.length));
}

/** For level meters: −70 dB is 0 and −10 dB is 1, evenly in decibels, as loudness is felt. */
export function loudness(rms: number): number {
  if (rms === 0) return 0;
  const decibels = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, (decibels + 70) / 60));
}
