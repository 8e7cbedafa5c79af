import type { ComponentProps } from 'react';
import { cn } from './cn.ts';

/** A card on the canvas. */
export function Panel({ className, ...rest }: ComponentProps<'section'>) {
  return <section {...rest} className={cn('rounded-lg border bg-surface', className)} />;
}
