import { Link } from '@tanstack/react-router';
import { Smartphone } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { showNumber } from '../../lib/phone-number.ts';
import { usePhoneSettings } from '../../lib/session.ts';
import type { CustomerPhone } from '../../phone/customer-phone.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { CallScreen } from './call-screen.tsx';
import { OffScreen } from './off-screen.tsx';
import { RingingScreen } from './ringing-screen.tsx';
import { useCustomerPhone } from './use-customer-phone.ts';
import { WaitingScreen } from './waiting-screen.tsx';

/** /demo-phone: a customer's mobile, played by a person in a tab of its own. */
export function DemoPhonePage() {
  const { demoPhoneNumber, country } = usePhoneSettings();
  const phone = useCustomerPhone();
  if (demoPhoneNumber === null) {
    return (
      <main>
        <EmptyState icon={Smartphone} title="There is no demo phone here">
          It comes with the built-in engine. This installation calls real phones.
        </EmptyState>
      </main>
    );
  }
  const number = showNumber(demoPhoneNumber, country);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-5 p-4">
      <title>Demo phone · Offhook</title>
      <h1 className="text-center text-lg font-semibold">
        Demo phone <span className="text-muted tabular">{number}</span>
      </h1>
      <div className="w-full max-w-88 rounded-[2.5rem] border border-line-strong bg-line-strong p-2 shadow-float">
        <div className="flex min-h-[clamp(20rem,100dvh-12rem,37.5rem)] flex-col rounded-[2rem] bg-surface p-5">
          {phone !== null && <Screen phone={phone} number={number} />}
        </div>
      </div>
      <p className="max-w-md text-center text-sm text-muted">
        You play the customer here. Switch the phone on, then call {number} from{' '}
        <Link to="/work" target="_blank" className="text-accent-text underline">
          Work
        </Link>{' '}
        in another tab. A headset keeps the two from hearing each other twice.
      </p>
    </main>
  );
}

function Screen({ phone, number }: { phone: CustomerPhone; number: string }) {
  const state = useSyncExternalStore(phone.state.subscribe, phone.state.getSnapshot);
  switch (state.stage) {
    case 'off':
    case 'starting':
      return <OffScreen phone={phone} state={state} />;
    case 'waiting':
      return <WaitingScreen state={state} number={number} />;
    case 'ringing':
      return <RingingScreen phone={phone} state={state} />;
    case 'talking':
      return <CallScreen phone={phone} state={state} />;
  }
}
