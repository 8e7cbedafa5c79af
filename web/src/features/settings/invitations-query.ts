import { InvitationsAnswer } from '@offhook/contract';
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../lib/api.ts';

export const invitationsQuery = queryOptions({
  queryKey: ['invitations'],
  queryFn: ({ signal }) => api.get('/api/invitations', InvitationsAnswer, { signal }),
});
