import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { messageOf } from '../../lib/api.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Spinner } from '../../ui/spinner.tsx';

interface SettingsListProps<T> {
  title: string;
  /** One or two sentences: what this is for. */
  intro: ReactNode;
  /** The button that adds one. */
  action?: ReactNode;
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}

/** A titled list on a settings page with its waiting and its failing. */
export function SettingsList<T>({ title, intro, action, query, children }: SettingsListProps<T>) {
  return (
    <section className="flex flex-col gap-3">
      <header className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 grow basis-64">
          <h2 className="text-lg font-semibold">{title}</h2>
          <p className="max-w-prose text-pretty text-muted">{intro}</p>
        </div>
        {action}
      </header>
      <Panel>
        {query.isPending ? (
          <div className="flex justify-center p-10 text-muted">
            <Spinner label="Loading" className="size-6" />
          </div>
        ) : query.isError && query.data === undefined ? (
          <ErrorState
            title="The list could not be fetched"
            onRetry={() => void query.refetch()}
            retrying={query.isFetching}
          >
            {messageOf(query.error)}
          </ErrorState>
        ) : (
          children(query.data as T)
        )}
      </Panel>
    </section>
  );
}
