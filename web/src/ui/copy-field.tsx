import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button.tsx';
import { Field } from './field.tsx';
import { Input } from './input.tsx';

interface CopyFieldProps {
  label: string;
  value: string;
  hint?: string;
}

/** Something to take away: shown in full, copied with one press. */
export function CopyField({ label, value, hint }: CopyFieldProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'by-hand'>('idle');
  const copy = async (input: HTMLInputElement | null) => {
    try {
      await navigator.clipboard.writeText(value);
      setState('copied');
    } catch {
      // Browsers refuse on plain http: what is selected can be copied by hand.
      input?.select();
      setState('by-hand');
    }
  };
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <>
          <div className="flex gap-2">
            <Input
              {...control}
              readOnly
              value={value}
              onFocus={(event) => event.currentTarget.select()}
              className="font-mono text-sm"
            />
            <Button
              onClick={(event) =>
                void copy(event.currentTarget.parentElement?.querySelector('input') ?? null)
              }
            >
              {state === 'copied' ? <Check aria-hidden /> : <Copy aria-hidden />}
              {state === 'copied' ? 'Copied' : 'Copy'}
            </Button>
          </div>
          <span role="status" className={state === 'by-hand' ? 'text-sm text-muted' : 'sr-only'}>
            {state === 'copied' && 'Copied'}
            {state === 'by-hand' && 'It is selected: copy it with Ctrl+C.'}
          </span>
        </>
      )}
    </Field>
  );
}
