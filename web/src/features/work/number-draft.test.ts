import { describe, expect, it } from 'vitest';
import { digitsOf, edited, shown } from './number-draft.ts';

/** Types, with the caret always at the end. */
function typed(text: string): string {
  let field = '';
  for (const key of text) field = edited(field, field + key, field.length + 1, 'GB').text;
  return field;
}

describe('the number field', () => {
  it.each([
    ['07700900001', '07700 900001'],
    ['+447700900001', '+44 7700 900001'],
    ['00447700900001', '00 44 7700 900001'],
    ['02079460000', '020 7946 0000'],
    ['+33142685300', '+33 1 42 68 53 00'],
    ['07700 900-001', '07700 900001'],
  ])('shows %s as %s while it is typed', (keys, text) => {
    expect(typed(keys)).toBe(text);
  });

  it.each([
    ['tel:+447700900001', '+44 7700 900001'],
    ['+44 (0)7700 900001', '+44 7700 900001'],
    ['(020) 7946 0000', '020 7946 0000'],
    [' 07700\u00a0900\u2011001\n', '07700 900001'],
  ])('takes %j when it is pasted', (pasted, text) => {
    expect(edited('', pasted, pasted.length, 'GB')).toEqual({ text, caret: text.length });
  });

  it('keeps the caret behind the digit that was typed', () => {
    // 07700 900001 with a 5 typed after "077"
    expect(edited('07700 90000', '077500 90000', 4, 'GB')).toEqual({
      text: '07750 090000',
      caret: 4,
    });
  });

  it('deletes the digit in front of a space, not the space', () => {
    // Backspace behind "07700 " leaves the text without its space.
    expect(edited('07700 900001', '07700900001', 5, 'GB').text).toBe('07709 00001');
  });

  it('leaves star and hash as they are', () => {
    expect(shown('*67#', 'GB')).toBe('*67#');
  });

  it('knows only one plus, in front', () => {
    expect(digitsOf('+44+7700')).toBe('+447700');
  });
});
