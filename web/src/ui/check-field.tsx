import { useId, type ComponentProps } from 'react';
import { cn } from './cn.ts';

interface CheckFieldProps extends ComponentProps<'input'> {
  label: string;
  /** One line under the label that says what it means. */
  hint?: string;
}

/** A box to tick, with its label beside it. */
export function CheckField({ label, hint, className, ...rest }: CheckFieldProps) {
  const id = useId();
  return (
    <div className={cn('flex items-start gap-2.5', className)}>
      <input
        {...rest}
        id={id}
        type="checkbox"
        aria-describedby={hint && `${id}-hint`}
        className="mt-0.75 size-4 shrink-0 accent-accent"
      />
      <div>
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {hint && (
          <p id={`${id}-hint`} className="text-sm text-muted">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
