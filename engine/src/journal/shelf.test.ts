import { expect, it } from 'vitest';
import type { JournalLine } from './journal-file.ts';
import { Shelf } from './shelf.ts';

interface Thing {
  sid: string;
  text: string;
}

const kind = { name: 'thing', gone: 'thingGone', keyOf: ({ sid }: Thing) => sid };

it('is walked from the newest, without what is gone', () => {
  const shelf = new Shelf<Thing>(kind, () => undefined);
  for (let n = 0; n < 3000; n += 1) shelf.save({ sid: `s${n}`, text: `thing ${n}` });
  for (let n = 0; n < 2997; n += 1) expect(shelf.forget(`s${n}`)).toBe(true);
  expect(shelf.forget('s0')).toBe(false);
  shelf.save({ sid: 's2997', text: 'changed' });
  shelf.save({ sid: 'new', text: 'newest' });
  const texts = [...shelf.newestFirst()].map(({ text }) => text);
  expect(texts).toEqual(['newest', 'thing 2999', 'thing 2998', 'changed']);
  expect(shelf.size).toBe(4);
});

it('writes what another one reads, and nothing about what it does not have', () => {
  const lines: JournalLine[] = [];
  const shelf = new Shelf<Thing>(kind, (line) => lines.push(line));
  shelf.save({ sid: 'a', text: 'first' });
  shelf.save({ sid: 'b', text: 'second' });
  shelf.forget('a');
  shelf.forget('a');
  expect(lines).toHaveLength(3);
  const reader = new Shelf<Thing>(kind, () => undefined);
  for (const line of lines) expect(reader.take(line)).toBe(true);
  expect(reader.take({ somethingElse: 'a' })).toBe(false);
  expect([...reader.values()]).toEqual([{ sid: 'b', text: 'second' }]);
});

it('drops what is outlived when it is written anew, and slims the rest', () => {
  const shelf = new Shelf<Thing>(
    {
      ...kind,
      outlived: ({ text }, now) => Number(text) < now,
      slim: (thing) => (thing.text = 'slim'),
    },
    () => undefined,
  );
  shelf.save({ sid: 'old', text: '1' });
  shelf.save({ sid: 'young', text: '9' });
  expect([...shelf.linesToKeep(5)]).toEqual([{ thing: { sid: 'young', text: 'slim' } }]);
  expect([...shelf.keys()]).toEqual(['young']);
});
