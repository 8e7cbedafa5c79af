import { X } from 'lucide-react';
import { Dialog as Parts } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';

interface DialogProps {
  open: boolean;
  /** Absent: it cannot be dismissed. */
  onClose?: () => void;
  title: string;
  /** One sentence under the title. */
  intro?: ReactNode;
  /**
   * False leaves the rail and the top bar in reach, where a running call can be ended; the page
   * itself is covered all the same.
   */
  modal?: boolean;
  children: ReactNode;
}

export function Dialog({ open, onClose, title, intro, modal = true, children }: DialogProps) {
  return (
    <Parts.Root modal={modal} open={open} onOpenChange={(now) => !now && onClose?.()}>
      <Parts.Portal>
        {modal ? (
          <Parts.Overlay className="fixed inset-0 z-40 bg-black/45" />
        ) : (
          <div aria-hidden className="fixed inset-0 z-15 bg-black/45" />
        )}
        <Parts.Content
          {...(intro === undefined && { 'aria-describedby': undefined })}
          className="fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 -translate-y-1/2 flex-col gap-4 overflow-y-auto rounded-lg border bg-surface p-5 shadow-float outline-none"
        >
          <div className="flex min-w-0 flex-col gap-1 pr-8 wrap-anywhere">
            <Parts.Title className="text-lg font-semibold">{title}</Parts.Title>
            {intro !== undefined && (
              <Parts.Description className="text-muted">{intro}</Parts.Description>
            )}
          </div>
          {children}
          {onClose && (
            <Parts.Close asChild>
              <Button
                look="quiet"
                size="small-icon"
                className="absolute top-4 right-4"
                aria-label="Close"
              >
                <X />
              </Button>
            </Parts.Close>
          )}
        </Parts.Content>
      </Parts.Portal>
    </Parts.Root>
  );
}

/** The buttons at a dialog's foot, the main one last. */
export function DialogButtons({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap justify-end gap-2 pt-1">{children}</div>;
}
