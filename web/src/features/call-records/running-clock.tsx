import { useEffect, useState } from 'react';
import { clock } from '../../lib/format.ts';
import { useLive } from '../../lib/live/live-context.tsx';

/** Often enough that no second is skipped to the eye. */
const TICK_MS = 250;

/** How long something has been going on, by the server's clock. */
export function RunningClock({ since }: { since: string }) {
  const live = useLive();
  const [now, setNow] = useState(() => live.serverNow());
  useEffect(() => {
    const timer = setInterval(() => setNow(live.serverNow()), TICK_MS);
    return () => clearInterval(timer);
  }, [live]);
  return <span className="tabular">{clock(now - Date.parse(since))}</span>;
}
