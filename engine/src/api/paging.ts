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
 * One page of a list, newest first. The token names the last item of the page before, so that
 * pages do not shift when new items come.
 */
export function page<Item extends { sid: string }>(
  key: string,
  items: readonly Item[],
  ask: PageAsk,
  path: string,
  query: Readonly<Record<string, unknown>>,
  present: (item: Item) => unknown,
): Record<string, unknown> {
  const start = startOf(items, ask);
  const shown = items.slice(start, start + ask.PageSize);
  const more = start + shown.length < items.length;
  const last = shown.at(-1);
  const address = (page: number, token: string | null) => {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (typeof value === 'string' && !['Page', 'PageToken', 'PageSize'].includes(name)) {
        params.set(name, value);
      }
    }
    params.set('PageSize', String(ask.PageSize));
    params.set('Page', String(page));
    if (token !== null) params.set('PageToken', token);
    return `${path}?${params.toString()}`;
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

function startOf(items: readonly { sid: string }[], ask: PageAsk): number {
  if (ask.PageToken === undefined) return ask.Page * ask.PageSize;
  const sid = ask.PageToken.replace(/^PA/, '');
  const index = items.findIndex((item) => item.sid === sid);
  if (index < 0) throw new ApiProblem(400, 20_001, 'Invalid parameter PageToken: is not known');
  return index + 1;
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
