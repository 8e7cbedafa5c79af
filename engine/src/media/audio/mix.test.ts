import { expect, it } from 'vitest';
import { Mixer } from './mix.ts';

it('adds voices up and clips only the sum', () => {
  const mixer = new Mixer(3);
  const out = new Int16Array(3);
  mixer.add(Int16Array.of(30000, -30000, 1));
  mixer.add(Int16Array.of(30000, -30000, 2));
  mixer.into(out);
  expect([...out]).toEqual([32767, -32768, 3]);
  mixer.add(Int16Array.of(-30000, 30000, 3));
  mixer.into(out);
  expect([...out]).toEqual([30000, -30000, 6]);
  mixer.clear();
  mixer.into(out);
  expect([...out]).toEqual([0, 0, 0]);
});
