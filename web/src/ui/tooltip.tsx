import { Tooltip as Parts } from 'radix-ui';
import type { ReactNode } from 'react';

/** Extra words for whoever points or focuses; never the only place that says something. */
export function Tooltip({ text, children }: { text: ReactNode; children: ReactNode }) {
  return (
    <Parts.Root>
      <Parts.Trigger asChild>{children}</Parts.Trigger>
      <Parts.Portal>
        <Parts.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-w-72 rounded-md bg-ink px-2.5 py-1.5 text-sm text-canvas shadow-float"
        >
          {text}
        </Parts.Content>
      </Parts.Portal>
    </Parts.Root>
  );
}

export function TooltipProvider({ children }: { children: ReactNode }) {
  return <Parts.Provider delayDuration={400}>{children}</Parts.Provider>;
}
