import { Session, type Person, type PhoneSettings } from '@offhook/contract';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api } from './api.ts';

/** Who is signed in. Changes only by signing in and out, so it is never stale by age. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => api.get('/api/session', Session, { signal }),
  staleTime: Infinity,
  gcTime: Infinity,
});

/** The person who uses this page. Only below the routes that need a session. */
export function useMe(): Person {
  const { data } = useQuery({ ...sessionQuery, enabled: false });
  if (!data?.person) throw new Error('useMe on a page that needs no session');
  return data.person;
}

/** What the browser's phone needs to know. Only below the routes that need a session. */
export function usePhoneSettings(): PhoneSettings {
  const { data } = useQuery({ ...sessionQuery, enabled: false });
  if (!data?.phone) throw new Error('usePhoneSettings on a page that needs no session');
  return data.phone;
}
