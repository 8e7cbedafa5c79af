import type { Call } from '@offhook/contract';
import { Link } from '@tanstack/react-router';
import { FileAudio, Phone, X } from 'lucide-react';
import { endSentence, nextStep, OUTCOME_WORDS } from '../../lib/call-words.ts';
import { showNumber } from '../../lib/phone-number.ts';
import { usePhoneSettings } from '../../lib/session.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/panel.tsx';
import { usePhone } from './phone-provider.tsx';

const TONES: Record<NonNullable<Call['outcome']>, Tone> = {
  completed: 'good',
  busy: 'warn',
  no_answer: 'warn',
  failed: 'bad',
  cancelled: 'neutral',
};

/** How the last call ended, and what can be done next. */
export function EndedCall({ call, disabled }: { call: Call; disabled: boolean }) {
  const phone = usePhone();
  const { country } = usePhoneSettings();
  const number = showNumber(call.customer.number, country);
  const next = nextStep(call);
  return (
    <Panel aria-label="Last call" className="p-4 lg:p-5">
      <div className="flex items-start justify-between gap-4">
        <div className="min-w-0">
          <h2 className="truncate text-xl font-semibold tabular">{call.customer.name ?? number}</h2>
          <p className="h-6 truncate text-muted tabular">
            {call.customer.name === null ? '' : number}
          </p>
        </div>
        {call.outcome !== null && (
          <Badge tone={TONES[call.outcome]}>{OUTCOME_WORDS[call.outcome]}</Badge>
        )}
      </div>
      <div role="status" className="mt-3 min-h-16">
        <p className="text-lg font-medium">{endSentence(call)}</p>
        {next !== null && <p className="text-muted">{next}</p>}
      </div>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button disabled={disabled} onClick={() => void phone.dial(call.customer.number)}>
          <Phone aria-hidden />
          Call again
        </Button>
        <Button asChild>
          <Link to="/reports/voice/calls/$callId" params={{ callId: call.id }}>
            <FileAudio aria-hidden />
            Open the record
          </Link>
        </Button>
        <Button look="quiet" className="ml-auto" onClick={() => phone.dismiss()}>
          <X aria-hidden />
          Close
        </Button>
      </div>
    </Panel>
  );
}
