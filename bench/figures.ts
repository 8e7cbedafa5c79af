/** The value below which `share` (0 to 1) of the figures lie; nearest rank. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** "answer → audio both ways        50 calls   p50  31.2 ms   p95  44.0 ms   max  51.9 ms" */
export function latencyLine(name: string, figures: readonly number[]): string {
  const ms = (value: number) => `${value.toFixed(1).padStart(7)} ms`;
  return [
    name.padEnd(36),
    `${figures.length} calls`,
    `p50 ${ms(percentile(figures, 0.5))}`,
    `p95 ${ms(percentile(figures, 0.95))}`,
    `max ${ms(Math.max(...figures))}`,
  ].join('   ');
}
