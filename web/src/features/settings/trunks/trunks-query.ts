import { TestCall, Trunk, TrunksAnswer } from '@offhook/contract';
import { queryOptions } from '@tanstack/react-query';
import { api, ApiError } from '../../../lib/api.ts';

/** Trunks are no part of the live stream: whoever looks asks again, this often. */
const LOOK_AGAIN_MS = 3_000;
const LOOK_AT_TEST_MS = 500;

/** Asked again and again while the page is in view; a tab in the background rests. */
export const trunksQuery = queryOptions({
  queryKey: ['trunks', 'list'],
  queryFn: ({ signal }) => api.get('/api/trunks', TrunksAnswer, { signal }),
  refetchInterval: LOOK_AGAIN_MS,
  refetchOnWindowFocus: true,
});

/** One trunk as it is now: what a form begins with must not be old. */
export const trunkQuery = (id: string) =>
  queryOptions({
    queryKey: ['trunks', 'one', id],
    queryFn: ({ signal }) => api.get(trunkPath(id), Trunk, { signal }),
    gcTime: 0,
  });

/** A test call, until it is over. */
export const testCallQuery = (trunkId: string, test: TestCall) =>
  queryOptions({
    queryKey: ['trunks', 'test', trunkId, test.id],
    queryFn: ({ signal }) =>
      api.get(`${trunkPath(trunkId)}/test-calls/${encodeURIComponent(test.id)}`, TestCall, {
        signal,
      }),
    initialData: test,
    refetchInterval: ({ state: { data, error } }) =>
      data?.state === 'running' && !isForgotten(error) ? LOOK_AT_TEST_MS : false,
  });

/** The engine was started again meanwhile: nobody knows how the test call ended. */
export function isForgotten(error: Error | null): boolean {
  return error instanceof ApiError && error.code === 'test_call.not_found';
}

export function trunkPath(id: string): string {
  return `/api/trunks/${encodeURIComponent(id)}`;
}
