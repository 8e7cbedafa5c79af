import { expect, test } from 'vitest';
import { Problem } from '../problem.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { likePart, readCustomerFilter } from './customer-filter.ts';

test('a cursor comes back as it went', () => {
  const cursor = { createdAt: 1_795_000_000_123, id: 'call_Zoë' };
  expect(readCursor(writeCursor(cursor))).toEqual(cursor);
});

test('a cursor that is not ours is refused', () => {
  const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const text of [
    '',
    'x',
    '%%%',
    forged(null),
    forged([1]),
    forged(['1', 'a']),
    forged([1e30, 'a']),
  ]) {
    expect(() => readCursor(text), text).toThrow(Problem);
  }
});

test('all ways of writing a number find it', () => {
  const digits = (text: string) => readCustomerFilter(text)?.digits;
  expect(digits('07700 900001')).toBe('7700900001');
  expect(digits('+44 7700-900001')).toBe('447700900001');
  expect(digits('0044 (7700) 900001')).toBe('447700900001');
  expect(digits('900001')).toBe('900001');
  expect(digits('Ada 2')).toBeNull();
  expect(digits('0')).toBeNull();
  expect(readCustomerFilter('  ')).toBeNull();
  expect(readCustomerFilter(' Ada ')).toEqual({ digits: null, name: 'Ada' });
});

test('nothing typed is a pattern', () => {
  expect(likePart('50%_\\')).toBe('%50\\%\\_\\\\%');
});
