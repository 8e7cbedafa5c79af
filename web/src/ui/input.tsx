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

/** Several lines, such as a list or a certificate. */
export function Textarea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea rows={3} {...rest} className={cn(base, 'h-auto py-2', className)} />;
}
