import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { axeFinds, sidewaysScroll } from '../support/axe.ts';

const NARROW = { width: 320, height: 640 };
const WIDE = { width: 1280, height: 900 };

/** As it stands: nothing for axe in either theme, and nothing to scroll sideways at 320 px. */
export async function isSound(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-theme=${colorScheme}]`).waitFor();
    expect(await axeFinds(page), `${page.url()} ${colorScheme}`).toEqual([]);
  }
  await page.setViewportSize(NARROW);
  await expect.poll(() => sidewaysScroll(page), { message: page.url() }).toBe(0);
  expect(await axeFinds(page), `${page.url()} narrow`).toEqual([]);
  await page.setViewportSize(WIDE);
}
