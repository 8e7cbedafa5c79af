import { expect, it } from 'vitest';
import { Shelf } from './shelf.ts';

it('is walked from the newest, without what is gone', () => {
  const shelf = new Shelf<string>();
  for (let n = 0; n < 3000; n += 1) shelf.set(`s${n}`, `thing ${n}`);
  for (let n = 0; n < 2997; n += 1) expect(shelf.delete(`s${n}`)).toBe(true);
  expect(shelf.delete('s0')).toBe(false);
  shelf.set('s2997', 'changed');
  shelf.set('new', 'newest');
  expect([...shelf.newestFirst()]).toEqual(['newest', 'thing 2999', 'thing 2998', 'changed']);
  expect(shelf.size).toBe(4);
});
