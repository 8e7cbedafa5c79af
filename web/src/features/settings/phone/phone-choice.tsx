import type { Person, SipPhoneCreated } from '@offhook/contract';
import { Headset, PhoneCall, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { messageOf } from '../../../lib/api.ts';
import { usePhoneSettings } from '../../../lib/session.ts';
import { cn } from '../../../ui/cn.ts';
import { Confirm } from '../../../ui/confirm.tsx';
import { FormError } from '../../../ui/field.tsx';
import { PasswordOnce } from './password-once.tsx';
import { SipPhoneSettings } from './sip-phone-settings.tsx';
import { usePhoneChoices } from './sip-phone-query.ts';

interface PhoneChoiceProps {
  person: Person;
  /** In a dialog: one below the other. */
  narrow?: boolean;
}

/** Browser or SIP phone, and what to type into the phone. */
export function PhoneChoice({ person, narrow = false }: PhoneChoiceProps) {
  const { sipPhones: offered } = usePhoneSettings();
  const choices = usePhoneChoices(person);
  const [kind, setKind] = useState(person.phone);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [made, setMade] = useState<SipPhoneCreated | null>(null);
  const [leaving, setLeaving] = useState(false);

  const give = async () => {
    setBusy(true);
    setProblem(null);
    try {
      setMade(await choices.give());
      setKind('sip');
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  const take = async () => {
    await choices.take();
    setMade(null);
    setKind('browser');
  };

  return (
    <div className="flex flex-col gap-4">
      <fieldset disabled={busy} className={cn('grid gap-3', !narrow && 'sm:grid-cols-2')}>
        <legend className="sr-only">Call with</legend>
        <Choice
          label="The browser"
          hint="A headset or a microphone at the computer. Nothing to set up."
          icon={Headset}
          checked={kind === 'browser'}
          focused={narrow && kind === 'browser'}
          onChoose={() => setLeaving(true)}
        />
        <Choice
          label="Desk phone or softphone"
          hint={
            offered
              ? 'It rings first; the customer is dialled once it is picked up.'
              : 'Not set up on this Offhook: ask your administrator for TWILIO_SIP_DOMAIN.'
          }
          icon={PhoneCall}
          checked={kind === 'sip'}
          focused={narrow && kind === 'sip'}
          disabled={!offered}
          onChoose={() => void give()}
        />
      </fieldset>
      {problem !== null && <FormError>{problem}</FormError>}
      {made !== null && <PasswordOnce password={made.password} />}
      {kind === 'sip' && (
        <SipPhoneSettings
          personId={person.id}
          busy={busy}
          onNewPassword={made === null ? () => void give() : null}
        />
      )}
      <Confirm
        open={leaving}
        onClose={() => setLeaving(false)}
        title="Call with the browser again"
        action="Use the browser"
        look="primary"
        onConfirm={take}
      >
        The phone is signed off and its password stops working.
      </Confirm>
    </div>
  );
}

interface ChoiceProps {
  label: string;
  hint: string;
  icon: LucideIcon;
  checked: boolean;
  /** Has the keyboard when the dialog opens: it would go to the first, whatever is chosen. */
  focused: boolean;
  disabled?: boolean;
  onChoose: () => void;
}

function Choice(props: ChoiceProps) {
  const { label, hint, icon: Icon, checked, focused, disabled = false, onChoose } = props;
  return (
    <label className="flex cursor-pointer items-start gap-3 rounded-lg border bg-surface p-4 has-checked:border-accent-text has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent-text has-disabled:cursor-default">
      <input
        type="radio"
        name="phone"
        checked={checked}
        autoFocus={focused}
        disabled={disabled}
        onChange={onChoose}
        className="mt-1 accent-accent outline-none"
      />
      <span className="grow">
        <span className="block font-medium">{label}</span>
        <span className="block text-sm text-muted">{hint}</span>
      </span>
      <Icon aria-hidden className="size-5 shrink-0 text-muted" />
    </label>
  );
}
