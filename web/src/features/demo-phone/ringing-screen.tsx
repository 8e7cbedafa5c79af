import { Phone, PhoneOff } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { showNumber } from '../../lib/phone-number.ts';
import { usePhoneSettings } from '../../lib/session.ts';
import type { CustomerPhone, CustomerPhoneState } from '../../phone/customer-phone.ts';
import { RoundButton } from './round-button.tsx';

interface RingingScreenProps {
  phone: CustomerPhone;
  state: CustomerPhoneState;
}

export function RingingScreen({ phone, state }: RingingScreenProps) {
  const { country } = usePhoneSettings();
  const [answering, setAnswering] = useState(false);
  const answer = useRef<HTMLButtonElement>(null);
  useEffect(() => answer.current?.focus(), []);
  return (
    <div className="flex flex-1 flex-col items-center text-center">
      <div role="alert" className="mt-16">
        <p className="text-muted">{answering ? 'Answering' : 'Incoming call'}</p>
        <p className="mt-2 text-2xl font-semibold tabular">{showNumber(state.caller, country)}</p>
      </div>
      <div className="mt-auto flex w-full justify-around pb-4">
        <RoundButton look="bad" label="Decline" icon={PhoneOff} onClick={() => phone.decline()} />
        <RoundButton
          ref={answer}
          look="good"
          label="Answer"
          icon={Phone}
          disabled={answering}
          onClick={() => {
            setAnswering(true);
            phone.answer();
          }}
        />
      </div>
    </div>
  );
}
