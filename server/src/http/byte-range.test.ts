import { expect, test } from 'vitest';
import { chooseRange, isUnchanged } from './byte-range.ts';

const tag = '"abc"';
const choose = (range: string | undefined, ifRange?: string, size = 1000) =>
  chooseRange({ range, ifRange, size, tag });
const whole = { kind: 'whole' };

test('sends the part that was asked for', () => {
  expect(choose('bytes=0-99')).toEqual({ kind: 'part', start: 0, end: 99 });
  expect(choose('bytes=100-')).toEqual({ kind: 'part', start: 100, end: 999 });
  expect(choose('bytes=999-')).toEqual({ kind: 'part', start: 999, end: 999 });
  expect(choose('bytes=-100')).toEqual({ kind: 'part', start: 900, end: 999 });
  expect(choose('bytes=0-0')).toEqual({ kind: 'part', start: 0, end: 0 });
});

test('stops at the end of the file', () => {
  expect(choose('bytes=900-5000')).toEqual({ kind: 'part', start: 900, end: 999 });
  expect(choose('bytes=-5000')).toEqual({ kind: 'part', start: 0, end: 999 });
  expect(choose(`bytes=0-${'9'.repeat(30)}`)).toEqual({ kind: 'part', start: 0, end: 999 });
});

test('refuses what lies beyond', () => {
  for (const range of ['bytes=1000-', 'bytes=2000-3000', 'bytes=-0', `bytes=${'9'.repeat(30)}-`]) {
    expect(choose(range), range).toEqual({ kind: 'unsatisfiable' });
  }
  expect(choose('bytes=0-', undefined, 0)).toEqual({ kind: 'unsatisfiable' });
});

test('ignores what it cannot read', () => {
  const odd = [
    undefined,
    '',
    'bytes',
    'bytes=-',
    'bytes=9-1',
    'bytes=a-b',
    'items=0-1',
    'bytes=0-1,5-6',
  ];
  for (const range of odd) expect(choose(range), range).toEqual(whole);
});

test('sends everything when the client has another version', () => {
  expect(choose('bytes=5-', tag)).toEqual({ kind: 'part', start: 5, end: 999 });
  expect(choose('bytes=5-', '"other"')).toEqual(whole);
  expect(choose('bytes=5-', `W/${tag}`)).toEqual(whole);
  expect(choose('bytes=5-', 'Sun, 22 Nov 2026 14:37:29 GMT')).toEqual(whole);
});

test('knows what the client has already', () => {
  expect(isUnchanged(undefined, tag)).toBe(false);
  expect(isUnchanged('"x"', tag)).toBe(false);
  expect(isUnchanged('"x", W/"abc"', tag)).toBe(true);
  expect(isUnchanged('*', tag)).toBe(true);
});
