import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const SOURCE = createRequire(import.meta.url).resolve('axe-core');

/** What axe finds wrong with the page, one line for each rule and the elements that break it. */
export async function axeProblems(page: Page): Promise<string[]> {
  // Evaluated, not added as a script: the page's content policy does not know it.
  await page.evaluate(readFileSync(SOURCE, 'utf8'));
  return page.evaluate(`axe.run().then(({ violations }) =>
    violations.map(({ id, help, nodes }) => id + ': ' + help + ' ' + nodes.map((node) => node.html).join(' ')))`);
}
