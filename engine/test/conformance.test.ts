import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { table, verdicts, writeTable, writtenTable } from './support/conformance.ts';
import { House } from './support/house.ts';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

/** Prettier pads the columns; what they say is what counts. */
const words = (text: string) => text.replace(/\s*\|\s*/g, '|').replace(/-{3,}/g, '---');

describe('every documented parameter', () => {
  it('is supported or refused by name, and the README says which', async () => {
    const all = await verdicts(house);
    const text = table(all);
    // `CONFORMANCE=write npx vitest run --project stories engine/test/conformance.test.ts`
    if (process.env.CONFORMANCE === 'write') writeTable(text);
    expect(words(writtenTable())).toBe(words(text));
    const supported = all.filter((one) => one.supported);
    expect(supported.length).toBeGreaterThan(30);
  });
});
