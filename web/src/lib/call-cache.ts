import type { Call, CallDetail, CallEvent, CallsAnswer, LiveCall } from '@offhook/contract';

/** What a list of calls may be narrowed to; all of it kept in the address. */
export interface CallFilters {
  agentId?: string | undefined;
  outcome?: Call['outcome'] | undefined;
  endReason?: Call['endReason'] | undefined;
  direction?: Call['direction'] | undefined;
  customer?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  state?: 'live' | 'ended' | undefined;
}

/** Whether the server would have put this call into a list with these filters. */
export function matches(call: Call, filters: CallFilters): boolean {
  const same = <T>(wanted: T | undefined | null, is: T) =>
    wanted === undefined || wanted === null || wanted === is;
  return (
    same(filters.agentId, call.agent.id) &&
    same(filters.outcome, call.outcome) &&
    same(filters.endReason, call.endReason) &&
    same(filters.direction, call.direction) &&
    (filters.state === undefined || (filters.state === 'ended') === (call.state === 'ended')) &&
    (filters.from === undefined || call.createdAt >= filters.from) &&
    (filters.to === undefined || call.createdAt < filters.to) &&
    (!filters.customer || isCustomer(call, filters.customer))
  );
}

function isCustomer(call: Call, text: string): boolean {
  const digits = text.replace(/\D/g, '').replace(/^0+/, '');
  return (
    (digits !== '' && call.customer.number.includes(digits)) ||
    (call.customer.name ?? '').toLowerCase().includes(text.trim().toLowerCase())
  );
}

export interface CallPages {
  pages: CallsAnswer[];
  pageParams: unknown[];
}

/** A list with what just happened in it: changed, added at its place, or taken out. */
export function withCall(list: CallPages, call: Call, filters: CallFilters): CallPages {
  const known = list.pages.some((page) => page.calls.some(({ id }) => id === call.id));
  if (!known) return matches(call, filters) ? added(list, call) : list;
  const stays = matches(call, filters);
  return {
    ...list,
    pages: list.pages.map((page) => ({
      ...page,
      calls: page.calls.flatMap((old) => {
        if (old.id !== call.id) return [old];
        return stays ? [newer(old, call)] : [];
      }),
    })),
  };
}

function added(list: CallPages, call: Call): CallPages {
  const [first, ...rest] = list.pages;
  const last = first?.calls.at(-1);
  // Older than the first page shows: it comes with the page it belongs to.
  if (!first || (last && call.createdAt < last.createdAt && first.nextCursor !== null)) return list;
  const calls = [...first.calls, call].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  return { ...list, pages: [{ ...first, calls }, ...rest] };
}

/** A call's page with what just happened on it. */
export function withEvent(detail: CallDetail, { call, event, seq }: LiveCall): CallDetail {
  if (detail.call.id !== call.id) return detail;
  return {
    ...detail,
    call: newer(detail.call, call),
    events: withoutRepeats([...detail.events, event]),
    seq: Math.max(detail.seq, seq),
  };
}

function withoutRepeats(events: CallEvent[]): CallEvent[] {
  const bySeq = new Map(events.map((event) => [event.seq, event]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

export function newer(a: Call, b: Call): Call {
  return b.version > a.version ? b : a;
}
