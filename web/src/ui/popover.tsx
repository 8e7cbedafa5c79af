import { Popover as Parts } from 'radix-ui';
import type { ReactNode } from 'react';

interface PopoverProps {
  /** The one control that opens it. */
  trigger: ReactNode;
  /** What screen readers call it. */
  label: string;
  children: ReactNode;
}

/** A small panel beside its trigger: for a few controls, not for a page. */
export function Popover({ trigger, label, children }: PopoverProps) {
  return (
    <Parts.Root>
      <Parts.Trigger asChild>{trigger}</Parts.Trigger>
      <Parts.Portal>
        <Parts.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          className="z-50 max-h-(--radix-popover-content-available-height) w-96 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-lg border bg-surface p-4 shadow-float"
        >
          {children}
        </Parts.Content>
      </Parts.Portal>
    </Parts.Root>
  );
}
