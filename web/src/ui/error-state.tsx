import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';

interface ErrorStateProps {
  title: string;
  children?: ReactNode;
  onRetry?: () => void;
  retrying?: boolean;
}

/** In place of what could not be shown: what happened, and the one thing to do. */
export function ErrorState({ title, children, onRetry, retrying }: ErrorStateProps) {
  return (
    <div role="alert" className="flex flex-col items-center gap-2 px-4 py-14 text-center">
      <CircleAlert aria-hidden className="size-8 text-bad" strokeWidth={1.5} />
      <p className="text-lg font-medium">{title}</p>
      {children && <p className="max-w-prose text-muted">{children}</p>}
      {onRetry && (
        <Button className="mt-2" onClick={onRetry} busy={retrying === true}>
          Try again
        </Button>
      )}
    </div>
  );
}
