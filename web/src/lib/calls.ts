import { CallDetail, CallsAnswer, type Call } from '@offhook/contract';
import {
  infiniteQueryOptions,
  queryOptions,
  useInfiniteQuery,
  useQuery,
  type QueryClient,
} from '@tanstack/react-query';
import { api } from './api.ts';
import { withCall, withEvent, type CallFilters, type CallPages } from './call-cache.ts';
import { useLive } from './live/live-context.tsx';
import type { Live } from './live/live.ts';
import { useMe } from './session.ts';

const PAGE = 50;
const LISTS = ['calls', 'list'] as const;
const DETAILS = ['calls', 'one'] as const;

/** Calls, newest first, 50 at a time; kept up to date in place. */
function callsQuery(live: Live, filters: CallFilters) {
  return infiniteQueryOptions({
    queryKey: [...LISTS, filters],
    queryFn: async ({ pageParam, signal }) => {
      const answer = await api.get('/api/calls', CallsAnswer, {
        query: { ...asQuery(filters), limit: PAGE, cursor: pageParam },
        signal,
      });
      // What happened while this answer was on its way came to no list.
      if (pageParam !== undefined) return answer;
      let list: CallPages = { pages: [answer], pageParams: [undefined] };
      for (const { call } of live.after(answer.seq)) list = withCall(list, call, filters);
      return list.pages[0] ?? answer;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
}

function callQuery(live: Live, id: string) {
  return queryOptions({
    queryKey: [...DETAILS, id],
    queryFn: async ({ signal }) => {
      const path = `/api/calls/${encodeURIComponent(id)}`;
      const answer = await api.get(path, CallDetail, { signal });
      return live.after(answer.seq).reduce(withEvent, answer);
    },
  });
}

export function useCalls(filters: CallFilters) {
  return useInfiniteQuery(callsQuery(useLive(), filters));
}

export function useCall(id: string) {
  return useQuery(callQuery(useLive(), id));
}

/** The own call that runs now, wherever it was begun; null when there is none. */
export function useMyLiveCall(): Call | null {
  const me = useMe();
  const { data } = useCalls({ agentId: me.id, state: 'live' });
  return data?.pages[0]?.calls[0] ?? null;
}

/** Writes live events into everything that shows calls. Returns stop. */
export function keepCallsFresh(client: QueryClient, live: Live): () => void {
  const stopCalls = live.subscribe((message) => {
    for (const query of client.getQueryCache().findAll({ queryKey: LISTS })) {
      const filters = query.queryKey[2] as CallFilters;
      client.setQueryData<CallPages>(
        query.queryKey,
        (list) => list && withCall(list, message.call, filters),
      );
    }
    const key = [...DETAILS, message.call.id];
    const before = client.getQueryData<CallDetail>(key);
    if (!before) return;
    client.setQueryData<CallDetail>(key, withEvent(before, message));
    // The event only has the recording's summary; the player needs all of it.
    if (message.event.kind.startsWith('recording.'))
      void client.invalidateQueries({ queryKey: key });
  });
  const stopResync = live.onResync(() => void client.invalidateQueries({ queryKey: ['calls'] }));
  return () => {
    stopCalls();
    stopResync();
  };
}

function asQuery(filters: CallFilters): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(filters).map(([key, value]) => [
      key,
      (value ?? undefined) as string | undefined,
    ]),
  );
}
