import { z } from 'zod';
import { whole } from './fields.ts';
import { ApiProblem } from './problem.ts';

export const PAGE_FIELDS = {
  PageSize: whole(1, 1000).default(50),
  Page: whole(0, 1_000_000).default(0),
  PageToken: z.string().optional(),
} as const;

export interface PageAsk {
  PageSize: number;
  Page: number;
  PageToken?: string | undefined;
}

/**
 * One page of those `items` (newest first) that `fits`. Walks no further than it has to. The token
 * names the last item of the page before, so that pages do not shift when new items come.
 */
export function page<Item extends { sid: string }>(
  key: string,
  items: Iterable<Item>,
  fits: (item: Item) => boolean,
  ask: PageAsk,
  place: { path: string; query: unknown },
  present: (item: Item) => unknown,
): Record<string, unknown> {
  const { start, shown, more } = pick(items, fits, ask);
  const last = shown.at(-1);
  const address = (page: number, token: string | null) => {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(place.query as Record<string, unknown>)) {
      if (typeof value === 'string' && !['Page', 'PageToken', 'PageSize'].includes(name)) {
        params.set(name, value);
      }
    }
    params.set('PageSize', String(ask.PageSize));
    params.set('Page', String(page));
    if (token !== null) params.set('PageToken', token);
    return `${place.path}?${params.toString()}`;
  };
  return {
    [key]: shown.map(present),
    page: ask.Page,
    page_size: ask.PageSize,
    start,
    end: Math.max(start, start + shown.length - 1),
    uri: address(ask.Page, ask.PageToken ?? null),
    first_page_uri: address(0, null),
    next_page_uri: more && last ? address(ask.Page + 1, `PA${last.sid}`) : null,
    previous_page_uri: ask.Page > 0 ? address(ask.Page - 1, null) : null,
  };
}

interface Picked<Item> {
  /** How many that fit come before those shown. */
  start: number;
  shown: Item[];
  more: boolean;
}

function pick<Item extends { sid: string }>(
  items: Iterable<Item>,
  fits: (item: Item) => boolean,
  { Page, PageSize, PageToken }: PageAsk,
): Picked<Item> {
  const after = PageToken?.replace(/^PA/, '');
  let start = after === undefined ? Page * PageSize : null;
  let seen = 0;
  const shown: Item[] = [];
  for (const item of items) {
    if (!fits(item)) continue;
    if (start !== null && seen >= start) {
      if (shown.length === PageSize) return { start, shown, more: true };
      shown.push(item);
    }
    seen += 1;
    if (start === null && item.sid === after) start = seen;
  }
  if (start === null) {
    throw new ApiProblem(400, 21_481, 'Invalid parameter PageToken: is not known');
  }
  return { start, shown, more: false };
}

/** "2026-11-22" or an ISO moment, as list filters take it. */
export const moment = z.string().refine((text) => !Number.isNaN(Date.parse(text)), {
  error: 'is not a date',
});

const DAY_MS = 24 * 3_600_000;

/** `StartTime`, `StartTime<` and `StartTime>`: on this day, on or before, on or after. */
export function within(
  at: number | null,
  on: string | undefined,
  before: string | undefined,
  after: string | undefined,
): boolean {
  if (on === undefined && before === undefined && after === undefined) return true;
  if (at === null) return false;
  const span = (text: string) => (text.length === 10 ? DAY_MS : 1000);
  if (on !== undefined && (at < Date.parse(on) || at >= Date.parse(on) + span(on))) return false;
  if (before !== undefined && at >= Date.parse(before) + span(before)) return false;
  return after === undefined || at >= Date.parse(after);
}
