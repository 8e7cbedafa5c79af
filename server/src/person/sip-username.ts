const MOST = 32;
/** Marks that NFKD takes off their letters: "é" is "e" and one of these. */
const MARKS = /\p{M}+/gu;
const NOT_ALLOWED = /[^a-z0-9]+/g;

/**
 * "Ada Lovelace" → "ada.lovelace"; the second of that name is "ada.lovelace2". Lower-case letters,
 * digits and dots: what every phone can type, and RFC 3261 §25.1 has in a user part unescaped.
 */
export function sipUsername(name: string, twin: number): string {
  const plain = name
    .normalize('NFKD')
    .replace(MARKS, '')
    .toLowerCase()
    .replace(NOT_ALLOWED, '.')
    .replace(/^\.|\.$/g, '');
  const number = twin === 1 ? '' : String(twin);
  const base = (plain === '' ? 'agent' : plain).slice(0, MOST - number.length);
  return `${base.replace(/\.$/, '')}${number}`;
}
