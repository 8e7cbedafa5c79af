import {
  createContext,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import { useLive } from '../../lib/live/live-context.tsx';
import { useMe, usePhoneSettings } from '../../lib/session.ts';
import { AgentPhone } from '../../phone/agent-phone.ts';
import type { MicrophoneState } from '../../phone/microphone.ts';
import type { PhoneState } from '../../phone/phone-state.ts';
import { phoneServer } from './phone-server.ts';

const Context = createContext<AgentPhone | null>(null);

/** The phone lives above the pages, so a call outlives the page it was begun on. */
export function PhoneProvider({ children }: { children: ReactNode }) {
  const { id: personId, phone: kind } = useMe();
  const { signalHost } = usePhoneSettings();
  const live = useLive();
  const [phone, setPhone] = useState<AgentPhone | null>(null);

  useEffect(() => {
    const made = new AgentPhone({ personId, signalHost, server: phoneServer(personId) });
    const refresh = () => {
      // Not reachable, or signed out: the frame says so, and the stream's next start asks again.
      made.refresh().catch(() => undefined);
    };
    const stops = [live.subscribe((news) => made.hear(news)), live.onResync(refresh)];
    refresh();
    setPhone(made);
    return () => {
      for (const stop of stops) stop();
      made.close();
    };
  }, [personId, signalHost, live]);

  useEffect(() => phone?.callWith(kind), [phone, kind]);

  if (phone === null) return null;
  return (
    <Context value={phone}>
      <LeaveGuard />
      {children}
    </Context>
  );
}

export function usePhone(): AgentPhone {
  const phone = useContext(Context);
  if (!phone) throw new Error('usePhone needs a PhoneProvider above it');
  return phone;
}

export function usePhoneState(): PhoneState {
  const { state } = usePhone();
  return useSyncExternalStore(state.subscribe, state.getSnapshot);
}

export function useMicrophone(): MicrophoneState {
  const { microphone } = usePhone();
  return useSyncExternalStore(microphone.subscribe, microphone.getSnapshot);
}

/** Leaving the page hangs up: the browser asks first. */
function LeaveGuard() {
  const { current } = usePhoneState();
  const here = current?.here === true;
  useEffect(() => {
    if (!here) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [here]);
  return null;
}
