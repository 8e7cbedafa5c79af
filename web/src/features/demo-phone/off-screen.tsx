import { Power } from 'lucide-react';
import type { CustomerPhone, CustomerPhoneState } from '../../phone/customer-phone.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemText } from './problem-text.tsx';

interface OffScreenProps {
  phone: CustomerPhone;
  state: CustomerPhoneState;
}

/** Browsers let a page ring only after a click on it; this is that click. */
export function OffScreen({ phone, state }: OffScreenProps) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-5 text-center">
      <p className="max-w-60 text-muted">
        The phone is off. When you switch it on, your browser asks for the microphone: the agent
        hears you through it.
      </p>
      <Button
        look="primary"
        size="large"
        busy={state.stage === 'starting'}
        onClick={() => void phone.switchOn()}
      >
        {state.stage === 'off' && <Power aria-hidden />}
        Switch the phone on
      </Button>
      <ProblemText problem={state.problem} />
    </div>
  );
}
