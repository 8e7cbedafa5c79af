import { PeopleAnswer, TeamsAnswer } from '@offhook/contract';
import { queryOptions } from '@tanstack/react-query';
import { api } from './api.ts';

/** Supervisors get their team, administrators everybody; agents may not ask. */
export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: ({ signal }) => api.get('/api/people', PeopleAnswer, { signal }),
});

export const teamsQuery = queryOptions({
  queryKey: ['teams'],
  queryFn: ({ signal }) => api.get('/api/teams', TeamsAnswer, { signal }),
});
