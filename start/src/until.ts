import { setTimeout as pause } from 'node:timers/promises';

/**
 * Looks again and again until `holds` says yes: for what other programs do without telling us.
 *
 * @returns false when it did not hold within `limitMs`.
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  limitMs: number,
  everyMs = 50,
): Promise<boolean> {
  const limit = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() >= limit) return false;
    await pause(everyMs);
  }
  return true;
}
