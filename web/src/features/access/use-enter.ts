import type { Session } from '@offhook/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useLive } from '../../lib/live/live-context.tsx';
import { sessionQuery } from '../../lib/session.ts';

/** Goes in with the session that signing in, setting up or joining gave. */
export function useEnter(): (session: Session, to?: string) => void {
  const client = useQueryClient();
  const router = useRouter();
  const live = useLive();
  return (session, to = '/work') => {
    // An invitation may be opened while somebody else is signed in: nothing of theirs stays.
    client.clear();
    live.command('again');
    client.setQueryData(sessionQuery.queryKey, session);
    router.history.push(to);
  };
}
