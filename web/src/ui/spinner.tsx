import { LoaderCircle } from 'lucide-react';
import { cn } from './cn.ts';

/** Purely visual; say in words beside it, or with `label`, what is awaited. */
export function Spinner({ label, className }: { label?: string; className?: string }) {
  return (
    <span role={label ? 'status' : undefined} className="inline-flex">
      <LoaderCircle aria-hidden className={cn('size-4 animate-spin', className)} />
      {label && <span className="sr-only">{label}</span>}
    </span>
  );
}
