import { expect, test } from 'vitest';
import { contentDisposition, fileNameOf } from './file-name.ts';

const createdAt = Date.UTC(2026, 10, 22, 14, 37, 29);

test('says when, who and whom', () => {
  expect(fileNameOf({ createdAt, agent: 'Ada Lovelace', customer: '07700 900001' })).toBe(
    '2026-11-22 1437 Ada Lovelace to 07700 900001.mp3',
  );
});

test('leaves out what a file name cannot have', () => {
  expect(fileNameOf({ createdAt, agent: '../..\\A:\r\n<b>"Zoë"', customer: '+44/7700' })).toBe(
    '2026-11-22 1437 A b Zoë to +44 7700.mp3',
  );
  expect(fileNameOf({ createdAt, agent: '...', customer: '\u202e' })).toBe(
    '2026-11-22 1437 unknown to unknown.mp3',
  );
});

test('travels in a header in both spellings', () => {
  expect(contentDisposition('attachment', `Zoë's "x" 100%.mp3`)).toBe(
    `attachment; filename="Zoe's _x_ 100_.mp3"; filename*=UTF-8''Zo%C3%AB%27s%20%22x%22%20100%25.mp3`,
  );
});
