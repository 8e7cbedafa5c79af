import { cva, type VariantProps } from 'class-variance-authority';
import { Slot } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './cn.ts';
import { Spinner } from './spinner.tsx';

const looks = cva(
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-md font-medium whitespace-nowrap transition-colors disabled:opacity-55 aria-disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      look: {
        primary: 'bg-accent text-on-accent enabled:hover:bg-accent-hover',
        plain: 'border bg-surface text-ink enabled:hover:bg-sunken',
        quiet: 'text-ink enabled:hover:bg-sunken',
        danger: 'bg-end text-on-end enabled:hover:bg-end-hover',
        link: 'text-accent-text underline-offset-4 hover:underline',
      },
      size: {
        small: 'h-8 px-3 text-sm',
        normal: 'h-10 px-4',
        large: 'h-12 px-5 text-lg',
        icon: 'size-10',
        'small-icon': 'size-8',
        inline: 'h-auto px-0',
      },
    },
    defaultVariants: { look: 'plain', size: 'normal' },
  },
);

type ButtonProps = ComponentProps<'button'> &
  VariantProps<typeof looks> & {
    /** Puts the looks on the one child instead: a link that looks like a button. */
    asChild?: boolean;
    /** Shows a spinner and takes no presses. */
    busy?: boolean;
  };

export function Button({ look, size, asChild, busy, className, children, ...rest }: ButtonProps) {
  const names = cn(looks({ look, size }), className);
  if (asChild) {
    return (
      <Slot.Root className={names} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type="button"
      {...rest}
      className={names}
      disabled={busy === true || rest.disabled}
      aria-busy={busy === true || undefined}
    >
      {busy === true && <Spinner />}
      {children}
    </button>
  );
}
