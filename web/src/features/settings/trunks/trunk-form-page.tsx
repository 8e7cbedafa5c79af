import type { Trunk } from '@offhook/contract';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { messageOf } from '../../../lib/api.ts';
import { ErrorState } from '../../../ui/error-state.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { TrunkForm } from './trunk-form.tsx';
import { trunkQuery } from './trunks-query.ts';

export function NewTrunkPage() {
  return <FormPage title="Add a trunk" trunk={null} />;
}

export function ChangeTrunkPage() {
  const { trunkId } = useParams({ from: '/inside/framed/settings/trunks/$trunkId' });
  const { data: trunk, error, isFetching, refetch } = useQuery(trunkQuery(trunkId));
  if (trunk) return <FormPage title={`Change ${trunk.name}`} trunk={trunk} />;
  if (error) {
    return (
      <ErrorState
        title="The trunk cannot be shown"
        onRetry={() => void refetch()}
        retrying={isFetching}
      >
        {messageOf(error)}
      </ErrorState>
    );
  }
  return (
    <div className="flex justify-center p-10 text-muted">
      <Spinner label="Loading" className="size-6" />
    </div>
  );
}

function FormPage({ title, trunk }: { title: string; trunk: Trunk | null }) {
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <title>{`${title} · Offhook`}</title>
      <header className="flex flex-col items-start gap-1">
        <Link
          to="/settings/trunks"
          className="inline-flex items-center gap-1 text-sm text-accent-text hover:underline"
        >
          <ArrowLeft aria-hidden className="size-4" />
          All trunks
        </Link>
        <h2 className="text-lg font-semibold wrap-anywhere">{title}</h2>
      </header>
      {trunk?.source === 'environment' ? (
        <p className="text-muted">
          This trunk comes from the environment (SIP_TRUNK). Change it there and start again.
        </p>
      ) : (
        <TrunkForm trunk={trunk} />
      )}
    </div>
  );
}
