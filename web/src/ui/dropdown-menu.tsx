import { Check } from 'lucide-react';
import { DropdownMenu as Parts } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn.ts';

const item =
  'flex min-h-9 cursor-default items-center gap-2 rounded px-2 py-1.5 outline-none select-none data-disabled:opacity-50 data-highlighted:bg-sunken [&_svg]:size-4 [&_svg]:shrink-0';

interface MenuProps {
  /** The one control that opens it. */
  trigger: ReactNode;
  align?: 'start' | 'end';
  children: ReactNode;
}

export function Menu({ trigger, align = 'end', children }: MenuProps) {
  return (
    <Parts.Root modal={false}>
      <Parts.Trigger asChild>{trigger}</Parts.Trigger>
      <Parts.Portal>
        <Parts.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 overflow-y-auto rounded-md border bg-surface p-1 shadow-float"
        >
          {children}
        </Parts.Content>
      </Parts.Portal>
    </Parts.Root>
  );
}

export function MenuItem({ className, ...rest }: ComponentProps<typeof Parts.Item>) {
  return <Parts.Item {...rest} className={cn(item, className)} />;
}

interface MenuChoiceProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: { value: string; label: ReactNode }[];
}

/** One of several; the chosen one carries a tick. */
export function MenuChoice({ label, value, onChange, options }: MenuChoiceProps) {
  return (
    <Parts.Group>
      <MenuLabel>{label}</MenuLabel>
      <Parts.RadioGroup value={value} onValueChange={onChange}>
        {options.map((option) => (
          <Parts.RadioItem key={option.value} value={option.value} className={item}>
            <span className="flex size-4 items-center justify-center">
              <Parts.ItemIndicator>
                <Check aria-hidden />
              </Parts.ItemIndicator>
            </span>
            {option.label}
          </Parts.RadioItem>
        ))}
      </Parts.RadioGroup>
    </Parts.Group>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Parts.Label className="px-2 py-1.5 text-sm text-muted">{children}</Parts.Label>;
}

export function MenuLine() {
  return <Parts.Separator className="-mx-1 my-1 h-px bg-line" />;
}
