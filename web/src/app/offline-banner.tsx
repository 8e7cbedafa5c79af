import { WifiOff } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useLiveStatus } from '../lib/live/live-context.tsx';

function onChange(listener: () => void): () => void {
  addEventListener('online', listener);
  addEventListener('offline', listener);
  return () => {
    removeEventListener('online', listener);
    removeEventListener('offline', listener);
  };
}

/** A break shorter than this is mended before anybody could do anything about it. */
const WORTH_SAYING_MS = 1500;

function useLasting(now: boolean): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!now) return;
    const timer = setTimeout(() => setLasting(true), WORTH_SAYING_MS);
    return () => {
      clearTimeout(timer);
      setLasting(false);
    };
  }, [now]);
  return lasting;
}

/** Said once, in place, when what is on the page may be out of date. */
export function OfflineBanner() {
  const online = useSyncExternalStore(onChange, () => navigator.onLine);
  const lost = useLasting(useLiveStatus() === 'lost');
  const words = !online
    ? 'This computer is offline. The page shows what was last known and catches up by itself.'
    : lost
      ? 'The server cannot be reached just now. Trying again; the page catches up by itself.'
      : null;
  return (
    <div role="status">
      {words && (
        <p className="flex items-center gap-2 border-b bg-warn-soft px-4 py-2 text-warn lg:px-6">
          <WifiOff aria-hidden className="size-4 shrink-0" />
          {words}
        </p>
      )}
    </div>
  );
}
