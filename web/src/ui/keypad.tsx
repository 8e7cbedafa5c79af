import { cn } from './cn.ts';

const KEYS: { key: string; letters?: string; name?: string }[] = [
  { key: '1' },
  { key: '2', letters: 'ABC' },
  { key: '3', letters: 'DEF' },
  { key: '4', letters: 'GHI' },
  { key: '5', letters: 'JKL' },
  { key: '6', letters: 'MNO' },
  { key: '7', letters: 'PQRS' },
  { key: '8', letters: 'TUV' },
  { key: '9', letters: 'WXYZ' },
  { key: '*', name: 'Star' },
  { key: '0', letters: '+' },
  { key: '#', name: 'Hash' },
];

interface KeypadProps {
  /** What the keys are for: "Dial pad". */
  label: string;
  onPress: (key: string) => void;
  disabled?: boolean;
  className?: string;
}

/** Twelve telephone keys. */
export function Keypad({ label, onPress, disabled = false, className }: KeypadProps) {
  return (
    <div role="group" aria-label={label} className={cn('grid grid-cols-3 gap-2', className)}>
      {KEYS.map(({ key, letters, name }) => (
        <button
          key={key}
          type="button"
          disabled={disabled}
          aria-label={name}
          onClick={() => onPress(key)}
          className="flex h-12 flex-col items-center justify-center rounded-md border bg-surface leading-none transition-colors enabled:hover:bg-sunken enabled:active:bg-accent-soft disabled:opacity-55"
        >
          <span className="text-lg font-medium tabular">{key}</span>
          <span aria-hidden className="mt-0.5 h-2.5 text-[0.625rem] tracking-wider text-muted">
            {letters}
          </span>
        </button>
      ))}
    </div>
  );
}
