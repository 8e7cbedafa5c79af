/** What a typed piece of a customer means for a search. */
export interface CustomerFilter {
  /** Digits that the E.164 number contains; null when the text is no number. */
  digits: string | null;
  /** Part of the name, as typed. */
  name: string;
}

const NUMBER_LIKE = /^[\d\s()+./-]+$/;

/**
 * "07700 900", "+44 7700", "0044 7700" and "900001" all find +447700900001: the leading zeros of
 * national and international writing are not part of an E.164 number.
 */
export function readCustomerFilter(text: string): CustomerFilter | null {
  const name = text.trim();
  if (name === '') return null;
  const digits = NUMBER_LIKE.test(name) ? name.replaceAll(/\D/g, '').replace(/^0{1,2}/, '') : '';
  return { digits: digits === '' ? null : digits, name };
}

/** For LIKE: the text itself, nothing in it is a pattern. */
export function likePart(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, (char) => `\\${char}`)}%`;
}
