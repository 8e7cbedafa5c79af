import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ApiError, messageOf } from '../lib/api.ts';
import { Button } from '../ui/button.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { Spinner } from '../ui/spinner.tsx';

/** While a page is on its way; quick ones never show it. */
export function Waiting() {
  return (
    <div className="flex justify-center p-16 text-muted">
      <Spinner label="Loading" className="size-6" />
    </div>
  );
}

export function NotFound() {
  return (
    <main className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-20 text-center">
      <h1 className="text-xl font-semibold">There is no page here</h1>
      <p className="text-muted">The address may be mistyped, or what it showed is gone.</p>
      <Button asChild look="primary" className="mt-2">
        <Link to="/work">Go to Work</Link>
      </Button>
    </main>
  );
}

/** A page that broke; the frame around it and a running call stay. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const queries = useQueryErrorResetBoundary();
  useEffect(() => queries.reset(), [queries]);
  const unreachable = error instanceof ApiError && error.code === 'network';
  return (
    <main>
      <h1 className="sr-only">Offhook</h1>
      <ErrorState
        title={unreachable ? 'The server cannot be reached' : 'This page could not be shown'}
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      >
        {unreachable ? 'Please check your connection and try again.' : messageOf(error)}
      </ErrorState>
    </main>
  );
}
