import { Headset, Mic } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useMicrophone, usePhone } from './phone-provider.tsx';
import { ShortcutHints } from './shortcut-hints.tsx';

/** Where the call will be: how to begin, the microphone settled beforehand, and the keys. */
export function NoCall() {
  const { permission, problem } = useMicrophone();
  return (
    <Panel
      aria-label="Call"
      className="flex flex-col items-center justify-center gap-3 p-6 text-center lg:p-10"
    >
      <Headset aria-hidden className="size-8 text-muted" strokeWidth={1.5} />
      <h2 className="text-lg font-medium">No call</h2>
      <p className="max-w-prose text-muted">
        Type or paste a number and press Enter. Both sides are recorded from the moment the customer
        answers.
      </p>
      {problem === null && permission === 'prompt' && <AskForMicrophone />}
      <ShortcutHints className="mt-2 justify-center" />
    </Panel>
  );
}

function AskForMicrophone() {
  const phone = usePhone();
  const [asking, setAsking] = useState(false);
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
