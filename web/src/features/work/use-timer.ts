import { useEffect, useState } from 'react';
import { clock } from '../../lib/format.ts';
import { usePhone } from './phone-provider.tsx';

/** "2:14" since a moment of the server's clock, stopped at another; null before it. */
export function useTimer(since: string | null, until: string | null = null): string | null {
  const phone = usePhone();
  const [, tick] = useState(0);
  useEffect(() => {
    if (since === null || until !== null) return;
    const start = Date.parse(since);
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      // Wakes on the call's own full seconds, so that no second is shown twice or left out.
      const left = 1000 - ((((phone.clock.now() - start) % 1000) + 1000) % 1000);
      timer = setTimeout(() => {
        tick((count) => count + 1);
        wait();
      }, left + 5);
    };
    wait();
    return () => clearTimeout(timer);
  }, [since, until, phone]);
  if (since === null) return null;
  return clock((until === null ? phone.clock.now() : Date.parse(until)) - Date.parse(since));
}
