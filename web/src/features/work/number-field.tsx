import { NumberAnswer } from '@offhook/contract';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleAlert, Delete } from 'lucide-react';
import { useEffect, useId, useLayoutEffect, useRef, useState, type Ref } from 'react';
import { api } from '../../lib/api.ts';
import { usePhoneSettings } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { cn } from '../../ui/cn.ts';
import { Input } from '../../ui/input.tsx';
import { digitsOf, edited, type Draft } from './number-draft.ts';

const ASK_AFTER_MS = 150;
/** Whoever presses Enter should not be left without a sign for longer. */
const ANSWER_WITHIN_MS = 1_000;

const numberQuery = (digits: string) =>
  queryOptions({
    queryKey: ['number', digits],
    queryFn: ({ signal }) =>
      api.get('/api/numbers', NumberAnswer, { query: { text: digits }, signal }),
    staleTime: Infinity,
  });

interface Understanding {
  /** What the server understands of what is typed, a moment after the last key. */
  understood: NumberAnswer | null;
  /** The same at once, for whoever cannot wait; null when the server does not answer soon. */
  understand: () => Promise<NumberAnswer | null>;
}

export function useUnderstood(text: string): Understanding {
  const client = useQueryClient();
  const digits = digitsOf(text);
  const [asked, setAsked] = useState(digits);
  useEffect(() => {
    // A single digit says nothing yet.
    if (digits.length < 2) return;
    const timer = setTimeout(() => setAsked(digits), ASK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [digits]);
  const { data } = useQuery({ ...numberQuery(asked), enabled: asked !== '' });
  return {
    understood: asked === digits ? (data ?? null) : null,
    understand: () => {
      setAsked(digits);
      const late = new Promise<null>((resolve) => setTimeout(resolve, ANSWER_WITHIN_MS, null));
      // Not reachable: the call that is tried all the same says so.
      return Promise.race([client.fetchQuery(numberQuery(digits)).catch(() => null), late]);
    },
  };
}

interface NumberFieldProps {
  ref?: Ref<HTMLInputElement>;
  text: string;
  onChange: (text: string) => void;
  understood: NumberAnswer | null;
  /** The person wants to call this: what is wrong is said aloud. */
  insisted: boolean;
}

/** Takes anything people type or paste, and says what it understood or what is wrong. */
export function NumberField({ ref, text, onChange, understood, insisted }: NumberFieldProps) {
  const id = useId();
  const { country } = usePhoneSettings();
  const input = useRef<HTMLInputElement>(null);
  const caret = useRef<number | null>(null);

  const take = (draft: Draft) => {
    caret.current = draft.caret;
    onChange(draft.text);
  };
  // React puts the caret at the end of a text that it did not expect.
  useLayoutEffect(() => {
    if (caret.current === null || document.activeElement !== input.current) return;
    input.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });

  const problem = understood?.problem ?? null;
  const loud = problem !== null && insisted;
  return (
    <div>
      <label htmlFor={id} className="sr-only">
        Number to call
      </label>
      <div className="relative">
        <Input
          id={id}
          ref={(element) => {
            input.current = element;
            if (typeof ref === 'function') ref(element);
            else if (ref) ref.current = element;
          }}
          type="tel"
          autoComplete="off"
          placeholder="Number to call"
          className="h-12 pr-12 text-lg tabular"
          value={text}
          aria-describedby={`${id}-understood`}
          aria-invalid={loud || undefined}
          onChange={({ target }) =>
            take(edited(text, target.value, target.selectionStart ?? target.value.length, country))
          }
        />
        {text !== '' && (
          <Button
            look="quiet"
            size="icon"
            className="absolute top-1 right-1 text-muted"
            aria-label="Delete the last digit"
            onClick={() => {
              const shorter = digitsOf(text).slice(0, -1);
              take(edited('', shorter, shorter.length, country));
            }}
          >
            <Delete aria-hidden />
          </Button>
        )}
      </div>
      <p
        id={`${id}-understood`}
        role={loud ? 'alert' : 'status'}
        className={cn(
          'mt-1.5 flex min-h-11 items-start gap-1.5 text-sm text-muted',
          loud && 'text-bad',
        )}
      >
        {loud && <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />}
        <span>{problem === null ? meaning(understood) : problem.message}</span>
      </p>
    </div>
  );
}

function meaning(understood: NumberAnswer | null): string {
  if (understood === null) return '';
  return [understood.name, understood.description].filter((part) => part !== null).join(' · ');
}
