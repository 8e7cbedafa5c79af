import type { Session } from '@offhook/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { sessionQuery } from '../../lib/session.ts';

/** Goes in with the session that signing in, setting up or joining gave. */
export function useEnter(): (session: Session, to?: string) => void {
  const client = useQueryClient();
  const router = useRouter();
  return (session, to = '/work') => {
    client.setQueryData(sessionQuery.queryKey, session);
    router.history.push(to);
  };
}
