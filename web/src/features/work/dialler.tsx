import { Phone } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { usePhoneSettings } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { Keypad } from '../../ui/keypad.tsx';
import { digitsOf, edited } from './number-draft.ts';
import { NumberField, useUnderstood } from './number-field.tsx';
import { usePhone, usePhoneState } from './phone-provider.tsx';
import { keysAreTaken } from './use-shortcuts.ts';

/** The number field, the dial pad and the Call button. */
export function Dialler({ disabled }: { disabled: boolean }) {
  const phone = usePhone();
  const { country } = usePhoneSettings();
  const { current } = usePhoneState();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [insisted, setInsisted] = useState(false);
  const { understood, understand } = useUnderstood(text);
  const busy = current !== null;
  const callId = current?.call?.id;

  // The call has the number now; the field is free for the next one.
  useEffect(() => {
    if (callId !== undefined) setText('');
  }, [callId]);
  // After a call the next number can be typed at once; on a phone that would open its keyboard.
  const wasBusy = useRef(busy);
  useEffect(() => {
    const typing = matchMedia('(pointer: fine)').matches;
    if (wasBusy.current && !busy && typing) field.current?.focus({ preventScroll: true });
    wasBusy.current = busy;
  }, [busy]);

  const change = (next: string) => {
    setText(next);
    setInsisted(false);
  };
  const press = (key: string) => {
    const more = digitsOf(text) + key;
    change(edited('', more, more.length, country).text);
  };
  // Digits typed anywhere on the page belong in the number, unless they belong to the call.
  const typed = useEffectEvent((event: KeyboardEvent) => {
    if (busy || event.ctrlKey || event.altKey || event.metaKey) return;
    if (keysAreTaken(event.target) || !/^[0-9+]$/.test(event.key)) return;
    event.preventDefault();
    press(event.key);
    field.current?.focus();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => typed(event);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);

  // Enter may be quicker than the answer about the number, and what is wrong is said at the field.
  const dial = async () => {
    const { problem } = (await understand()) ?? { problem: null };
    if (problem === null) await phone.dial(digitsOf(text));
  };

  return (
    <form
      aria-label="New call"
      onSubmit={(event) => {
        event.preventDefault();
        setInsisted(true);
        if (!busy && !disabled && text !== '') void dial();
      }}
    >
      <NumberField
        ref={field}
        text={text}
        onChange={change}
        understood={understood}
        insisted={insisted}
      />
      {/* In a call one would take these keys for the customer's: the call has a keypad of its own. */}
      <Keypad label="Dial pad" onPress={press} disabled={busy} className="mt-1" />
      <Button
        type="submit"
        look="primary"
        size="large"
        className="mt-3 w-full"
        disabled={busy || disabled || text === ''}
      >
        <Phone aria-hidden />
        Call
      </Button>
    </form>
  );
}
