import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from '../../ui/cn.ts';

const LOOKS = {
  good: 'bg-good text-surface',
  bad: 'bg-end text-on-end',
  plain: 'bg-sunken text-ink',
  on: 'bg-warn-soft text-warn',
};

type RoundButtonProps = Omit<ComponentProps<'button'>, 'children'> & {
  look: keyof typeof LOOKS;
  label: string;
  icon: LucideIcon;
};

/** A mobile's button: a disc with its word below. */
export function RoundButton({ look, label, icon: Icon, className, ...rest }: RoundButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={cn(
        'flex min-w-20 flex-col items-center gap-2 rounded-lg p-1 text-sm font-medium disabled:opacity-55',
        className,
      )}
    >
      <span className={cn('flex size-16 items-center justify-center rounded-full', LOOKS[look])}>
        <Icon aria-hidden className="size-6" />
      </span>
      {label}
    </button>
  );
}
