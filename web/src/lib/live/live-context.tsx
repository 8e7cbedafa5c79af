import { createContext, useContext, useSyncExternalStore, type ReactNode } from 'react';
import type { Live } from './live.ts';
import type { LiveStatus } from './status.ts';

const Context = createContext<Live | null>(null);

export function LiveProvider({ live, children }: { live: Live; children: ReactNode }) {
  return <Context value={live}>{children}</Context>;
}

export function useLive(): Live {
  const live = useContext(Context);
  if (!live) throw new Error('useLive needs a LiveProvider above it');
  return live;
}

export function useLiveStatus(): LiveStatus {
  const live = useLive();
  return useSyncExternalStore(live.onStatus, () => live.status);
}
