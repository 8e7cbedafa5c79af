import { Session } from '@offhook/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { api, SESSION_LOST } from '../lib/api.ts';
import { useLive, useLiveStatus } from '../lib/live/live-context.tsx';
import { sessionQuery } from '../lib/session.ts';
import { SignInAgain } from './sign-in-again.tsx';

/**
 * Opens the live stream while somebody is signed in, and when the session is gone asks to sign in
 * again over the page: nothing on it is lost, and a running call goes on.
 */
export function SessionKeeper() {
  const client = useQueryClient();
  const live = useLive();
  const status = useLiveStatus();
  const { data } = useQuery({ ...sessionQuery, enabled: false });
  const [lost, setLost] = useState(false);
  const person = data?.person ?? null;

  useEffect(() => {
    if (person) live.command('open');
  }, [live, person]);

  // The stream cannot say why it broke; the session can. Asked past the cache: what the page shows
  // stays the person's own until somebody else is known to be here.
  const check = useEffectEvent(async () => {
    if (!person) return;
    try {
      const now = await api.get('/api/session', Session);
      if (now.person && now.person.id !== person.id) location.reload();
      setLost(now.person === null);
    } catch {
      // Not reachable: the banner says so, and the next break of the stream asks again.
    }
  });
  useEffect(() => {
    if (status === 'open') setLost(false);
    else if (status !== 'connecting') void check();
  }, [status]);
  useEffect(() => {
    const onLost = () => void check();
    addEventListener(SESSION_LOST, onLost);
    return () => removeEventListener(SESSION_LOST, onLost);
  }, []);

  if (!person) return null;
  return (
    <SignInAgain
      open={lost}
      email={person.email}
      onDone={(session) => {
        if (session.person?.id !== person.id) return location.reload();
        client.setQueryData(sessionQuery.queryKey, session);
        setLost(false);
        live.command('again');
        void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
      }}
    />
  );
}
