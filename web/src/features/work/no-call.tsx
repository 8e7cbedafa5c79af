import { Link } from '@tanstack/react-router';
import { Headset, Mic, PhoneCall } from 'lucide-react';
import { useState } from 'react';
import { useMe } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useMicrophone, usePhone } from './phone-provider.tsx';
import { ShortcutHints } from './shortcut-hints.tsx';

/** Where the call will be: how to begin, the microphone settled beforehand, and the keys. */
export function NoCall() {
  const { phone } = useMe();
  const Icon = phone === 'sip' ? PhoneCall : Headset;
  return (
    <Panel
      aria-label="Call"
      className="flex flex-col items-center justify-center gap-3 p-6 text-center lg:p-10"
    >
      <Icon aria-hidden className="size-8 text-muted" strokeWidth={1.5} />
      <h2 className="text-lg font-medium">No call</h2>
      <p className="max-w-prose text-muted">
        Type or paste a number and press Enter. {phone === 'sip' && 'Your phone will ring first. '}
        Both sides are recorded from the moment the customer answers.
      </p>
      {phone === 'browser' && <AskForMicrophone />}
      {phone === 'sip' && <PhoneIsElsewhere />}
      <ShortcutHints className="mt-2 justify-center" />
    </Panel>
  );
}

/** Nothing when there is nothing to ask. */
function AskForMicrophone() {
  const phone = usePhone();
  const { permission, problem } = useMicrophone();
  const [asking, setAsking] = useState(false);
  if (problem !== null || permission !== 'prompt') return null;
  const ask = async () => {
    setAsking(true);
    await phone.askForMicrophone();
    setAsking(false);
  };
  return (
    <div className="flex max-w-prose flex-col items-center gap-2 rounded-md bg-accent-soft px-4 py-3">
      <p>
        Customers hear you through your microphone, so your browser will ask whether Offhook may use
        it. It is only on during a call.
      </p>
      <Button look="primary" size="small" busy={asking} onClick={() => void ask()}>
        <Mic aria-hidden />
        Allow the microphone now
      </Button>
    </div>
  );
}

function PhoneIsElsewhere() {
  return (
    <p className="max-w-prose text-muted">
      You call with a SIP phone.{' '}
      <Link to="/settings/phone" className="text-accent-text underline">
        Its settings, or back to the browser
      </Link>
    </p>
  );
}
