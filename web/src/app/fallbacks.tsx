import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { createContext, use, useEffect, type ReactNode } from 'react';
import { ApiError, messageOf } from '../lib/api.ts';
import { Button } from '../ui/button.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { Spinner } from '../ui/spinner.tsx';

/** Whether the frame, which has the document's one main, is around. */
export const InFrame = createContext(false);

function Main(props: { className?: string; children: ReactNode }) {
  return use(InFrame) ? <div {...props} /> : <main {...props} />;
}

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
    <Main className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-20 text-center">
      <title>No such page · Offhook</title>
      <h1 className="text-xl font-semibold">There is no page here</h1>
      <p className="text-balance text-muted">
        The address may be mistyped, or what it showed is gone.
      </p>
      <Button asChild look="primary" className="mt-2">
        <Link to="/work">Go to Work</Link>
      </Button>
    </Main>
  );
}

/** A page that broke; the frame around it and a running call stay. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const queries = useQueryErrorResetBoundary();
  useEffect(() => queries.reset(), [queries]);
  const unreachable = error instanceof ApiError && error.code === 'network';
  return (
    <Main>
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
    </Main>
  );
}
