/** What to send of a file: all of it, a part, or a refusal. Ends are included. */
export type RangeChoice =
  { kind: 'whole' } | { kind: 'part'; start: number; end: number } | { kind: 'unsatisfiable' };

export interface RangeAsk {
  /** The Range header. */
  range: string | undefined;
  /** The If-Range header. */
  ifRange: string | undefined;
  /** Bytes. */
  size: number;
  /** The file's strong ETag, with its quotes. */
  tag: string;
}

const ONE_RANGE = /^bytes=\s*(\d*)-(\d*)\s*$/;

/**
 * RFC 9110 §14.2. A header we cannot read, another unit, and several ranges at once are ignored, as
 * a server may: the whole file is a right answer to them. If-Range with another version's tag, or
 * with a date (we send none), wants the whole file too (§13.1.5).
 */
export function chooseRange({ range, ifRange, size, tag }: RangeAsk): RangeChoice {
  if (range === undefined || (ifRange !== undefined && ifRange !== tag)) return { kind: 'whole' };
  const [, first = '', last = ''] = ONE_RANGE.exec(range) ?? [];
  if (first === '' && last === '') return { kind: 'whole' };
  if (first === '') return part(Math.max(0, size - Number(last)), size - 1);
  if (last !== '' && Number(last) < Number(first)) return { kind: 'whole' };
  return part(Number(first), last === '' ? size - 1 : Math.min(Number(last), size - 1));
}

/** Nothing left of it, as with a start beyond the end or the last 0 bytes, cannot be sent. */
function part(start: number, end: number): RangeChoice {
  return start > end ? { kind: 'unsatisfiable' } : { kind: 'part', start, end };
}

/** If-None-Match names this version (RFC 9110 §13.1.2; weak comparison). */
export function isUnchanged(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((one) => one === '*' || one === tag);
}
