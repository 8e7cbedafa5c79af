import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

const base =
  'h-10 w-full min-w-0 rounded-md border border-line-strong bg-surface px-3 text-ink placeholder:text-muted disabled:opacity-60 aria-invalid:border-bad';

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input {...rest} className={cn(base, className)} />;
}

/** The browser's own list: quick, known to every keyboard and every phone. */
export function Select({ className, ...rest }: ComponentProps<'select'>) {
  return <select {...rest} className={cn(base, 'pr-8', className)} />;
}
