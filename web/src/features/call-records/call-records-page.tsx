import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { PhoneOff, SearchX } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { messageOf } from '../../lib/api.ts';
import { useCalls } from '../../lib/calls.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Panel } from '../../ui/panel.tsx';
import { CallTable } from './call-table.tsx';
import { FilterBar } from './filter-bar.tsx';
import { toCallFilters, type RecordFilters } from './filters.ts';
import { TableSkeleton } from './table-skeleton.tsx';

export function CallRecordsPage() {
  const filters = useSearch({ from: '/inside/framed/reports/voice/calls' });
  const navigate = useNavigate();
  const setFilters = useCallback(
    (next: RecordFilters) =>
      void navigate({ to: '/reports/voice/calls', search: next, replace: true }),
    [navigate],
  );
  return (
    <div className="mx-auto flex max-w-7xl flex-col gap-4">
      <title>Call Records · Offhook</title>
      <h1 className="text-xl font-semibold">Call Records</h1>
      <FilterBar filters={filters} onChange={setFilters} />
      <Panel>
        <Records filters={filters} onClear={() => setFilters({})} />
      </Panel>
    </div>
  );
}

function Records({ filters, onClear }: { filters: RecordFilters; onClear: () => void }) {
  const list = useCalls(useMemo(() => toCallFilters(filters), [filters]));
  const more = () => {
    if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  };
  if (list.isPending) return <TableSkeleton />;
  if (list.isError && !list.data) {
    return (
      <ErrorState
        title="The calls could not be fetched"
        onRetry={() => void list.refetch()}
        retrying={list.isFetching}
      >
        {messageOf(list.error)}
      </ErrorState>
    );
  }
  const calls = list.data.pages.flatMap((page) => page.calls);
  if (calls.length === 0) {
    return Object.keys(filters).length > 0 ? (
      <EmptyState
        icon={SearchX}
        title="No call fits these filters"
        action={<Button onClick={onClear}>Remove all filters</Button>}
      />
    ) : (
      <EmptyState
        icon={PhoneOff}
        title="No calls yet"
        action={
          <Button asChild look="primary">
            <Link to="/work">Make a call</Link>
          </Button>
        }
      >
        Every call appears here the moment it begins, with its recording when it has ended.
      </EmptyState>
    );
  }
  return (
    <>
      <CallTable calls={calls} filters={filters} onEnd={more} />
      {list.hasNextPage && (
        <More busy={list.isFetchingNextPage} failed={list.isFetchNextPageError} onMore={more} />
      )}
    </>
  );
}

interface MoreProps {
  busy: boolean;
  failed: boolean;
  onMore: () => void;
}

/** Fetches older calls when it comes into sight; pressing it does the same. */
function More({ busy, failed, onMore }: MoreProps) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(onMore);
  useEffect(() => {
    latest.current = onMore;
  });
  useEffect(() => {
    // After a failure only by hand: it would fail again and again.
    if (!place.current || failed) return;
    const seen = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && latest.current(),
      { rootMargin: '400px' },
    );
    seen.observe(place.current);
    return () => seen.disconnect();
  }, [failed]);
  return (
    <div ref={place} className="flex flex-col items-center gap-2 border-t p-3">
      {failed && <p className="text-bad">The older calls could not be fetched.</p>}
      <Button look="quiet" busy={busy} onClick={onMore}>
        {failed ? 'Try again' : 'Older calls'}
      </Button>
    </div>
  );
}
