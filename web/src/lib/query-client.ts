import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api.ts';

/** Answers of the server, kept fresh by the live stream rather than by asking again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) =>
          failures < 2 && error instanceof ApiError && error.code === 'network',
        refetchOnWindowFocus: false,
      },
      // An order is given once; whoever gave it decides whether to give it again.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
