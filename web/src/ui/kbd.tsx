import type { ReactNode } from 'react';

/** A key on the keyboard. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded border border-line-strong px-1.5 py-0.5 font-sans text-xs font-medium">
      {children}
    </kbd>
  );
}
