import { PeopleAnswer, TeamsAnswer } from '@offhook/contract';
import { queryOptions } from '@tanstack/react-query';
import { api } from './api.ts';
import { byName } from './by-name.ts';

/** Supervisors get their team, administrators everybody; agents may not ask. */
export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: async ({ signal }) => {
    const { people } = await api.get('/api/people', PeopleAnswer, { signal });
    return { people: byName(people) };
  },
});

export const teamsQuery = queryOptions({
  queryKey: ['teams'],
  queryFn: async ({ signal }) => {
    const { teams } = await api.get('/api/teams', TeamsAnswer, { signal });
    return { teams: byName(teams) };
  },
});
