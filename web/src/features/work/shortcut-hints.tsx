import { useMe } from '../../lib/session.ts';
import { cn } from '../../ui/cn.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { SHORTCUTS } from './use-shortcuts.ts';

/** The keys of a call, where there is likely to be a keyboard. */
export function ShortcutHints({ className }: { className?: string }) {
  const { phone } = useMe();
  return (
    <dl
      className={cn('flex flex-wrap gap-x-5 gap-y-2 text-sm text-muted max-sm:hidden', className)}
    >
      {SHORTCUTS.filter(({ needs }) => needs === null || needs === phone).map(({ keys, does }) => (
        <div key={does} className="flex items-center gap-2">
          <dt className="flex gap-1">
            {keys.map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}
