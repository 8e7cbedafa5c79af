import { SipPhone, SipPhoneCreated, type Person } from '@offhook/contract';
import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { api } from '../../../lib/api.ts';
import { peopleQuery } from '../../../lib/people.ts';
import { sessionQuery } from '../../../lib/session.ts';

const pathOf = (personId: string) => `/api/people/${encodeURIComponent(personId)}/sip-phone`;

/** What is typed into somebody's SIP phone. Only while they have one. */
export const sipPhoneQuery = (personId: string) =>
  queryOptions({
    queryKey: ['sip-phone', personId],
    queryFn: ({ signal }) => api.get(pathOf(personId), SipPhone, { signal }),
  });

export interface PhoneChoices {
  /** Gives a SIP phone, or a new password to the one there is. */
  give: () => Promise<SipPhoneCreated>;
  /** Back to the browser. */
  take: () => Promise<void>;
}

/** Changes a person's phone, and everything on the page that shows it. */
export function usePhoneChoices({ id }: Person): PhoneChoices {
  const client = useQueryClient();
  const changed = async (phone: Person['phone']) => {
    client.setQueryData(sessionQuery.queryKey, (session) =>
      session?.person?.id === id ? { ...session, person: { ...session.person, phone } } : session,
    );
    await client.invalidateQueries({ queryKey: peopleQuery.queryKey });
  };
  return {
    async give() {
      const made = await api.post(pathOf(id), {}, SipPhoneCreated);
      client.setQueryData(sipPhoneQuery(id).queryKey, made.sipPhone);
      await changed('sip');
      return made;
    },
    async take() {
      await api.send('DELETE', pathOf(id));
      await changed('browser');
    },
  };
}
