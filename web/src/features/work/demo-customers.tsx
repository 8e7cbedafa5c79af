import { Phone, Smartphone } from 'lucide-react';
import { usePhoneSettings } from '../../lib/session.ts';
import { showNumber } from '../../lib/phone-number.ts';
import { Panel } from '../../ui/panel.tsx';
import { usePhone, usePhoneState } from './phone-provider.tsx';

/** Whom one can ring on a fresh machine; nothing where the carrier plays nobody. */
export function DemoCustomers({ disabled }: { disabled: boolean }) {
  const phone = usePhone();
  const { demoCustomers, demoPhoneNumber, country } = usePhoneSettings();
  const { current } = usePhoneState();
  if (demoCustomers.length === 0) return null;
  return (
    <Panel aria-labelledby="demo-customers">
      <h2 id="demo-customers" className="border-b px-4 py-3 font-medium">
        Demo customers
      </h2>
      <ul className="divide-y">
        {demoCustomers.map(({ number, name, description }) => (
          <li key={number}>
            <button
              type="button"
              disabled={disabled || current !== null}
              onClick={() => void phone.dial(number)}
              className="flex w-full items-center gap-3 px-4 py-2.5 text-left enabled:hover:bg-sunken disabled:opacity-60"
            >
              <Phone aria-hidden className="size-4 shrink-0 text-accent-text" />
              <span className="min-w-0 flex-1">
                <span className="flex flex-wrap justify-between gap-x-3">
                  <span className="font-medium">
                    <span className="sr-only">Call </span>
                    {name}
                  </span>
                  <span className="text-sm text-muted tabular">{showNumber(number, country)}</span>
                </span>
                <span className="block text-sm text-muted">{description}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {demoPhoneNumber !== null && (
        <p className="border-t px-4 py-3 text-sm">
          <a
            href="/demo-phone"
            target="offhook-demo-phone"
            className="inline-flex items-center gap-2 font-medium text-accent-text underline-offset-4 hover:underline"
          >
            <Smartphone aria-hidden className="size-4" />
            Open the demo phone in a new tab
          </a>
          <span className="block text-muted">
            It is the customer at {showNumber(demoPhoneNumber, country)}; you answer it yourself.
          </span>
        </p>
      )}
    </Panel>
  );
}
