import { expect } from 'vitest';
import type { Baresip } from '../../../test/support/baresip.ts';
import { part, shareOf, type Sound } from '../../../test/support/tones.ts';

/** Waits until a telephone's last second holds the tone. */
export async function hears(phone: Baresip, hz: number): Promise<void> {
  await expect
    .poll(() => shareOf(hz, lately(phone.heard())), { timeout: 8_000 })
    .toBeGreaterThan(0.3);
}

function lately(sound: Sound): Sound {
  const seconds = sound.samples.length / sound.rate;
  return part(sound, Math.max(0, seconds - 1), seconds);
}
