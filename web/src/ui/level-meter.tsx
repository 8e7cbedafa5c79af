import { useSyncExternalStore } from 'react';
import { cn } from './cn.ts';

const STEPS = 20;

interface LevelMeterProps {
  label: string;
  subscribe: (listener: () => void) => () => void;
  /** 0 to 1. */
  level: () => number;
  /** Shown in place of the bar's colour: nothing gets through just now. */
  off?: boolean;
  className?: string;
}

/**
 * How loud somebody is. Moves twenty times a second, so it is hidden from screen readers: what
 * matters about the sound is said in words elsewhere.
 */
export function LevelMeter({ label, subscribe, level, off = false, className }: LevelMeterProps) {
  // Whole steps only: most readings change nothing on the screen.
  const lit = useSyncExternalStore(subscribe, () => Math.round(Math.min(1, level()) * STEPS));
  return (
    <div className={cn('flex items-center gap-3', className)}>
      <span className="w-20 shrink-0 truncate text-sm text-muted">{label}</span>
      <span aria-hidden className="flex h-3 min-w-0 flex-1 gap-0.5" data-level={off ? 0 : lit}>
        {Array.from({ length: STEPS }, (_, step) => (
          <span
            key={step}
            className={cn(
              'min-w-0 flex-1 rounded-xs bg-sunken',
              !off && step < lit && (step < STEPS - 3 ? 'bg-accent' : 'bg-warn'),
            )}
          />
        ))}
      </span>
    </div>
  );
}
