import { z } from 'zod';
import { Call, CallEvent } from './call.ts';

/**
 * `GET /api/live` is a stream of server-sent events. Each carries its number as the SSE id; numbers
 * are given out in commit order, so whoever saw 11 has seen 10. A client resumes with
 * `Last-Event-ID` (or `?after=`) and misses nothing; a client that comes without either starts now.
 *
 * event: call  : something happened to a call the reader may see; data is LiveCall.
 * event: hello : sent first; data is LiveHello.
 * A comment line every 15 s keeps proxies from closing the stream.
 */
export const LiveCall = z.strictObject({
  seq: z.number().int(),
  /** The call, at least as new as the event: a replay shows it as it stands now. */
  call: Call,
  event: CallEvent,
});
export type LiveCall = z.infer<typeof LiveCall>;

export const LiveHello = z.strictObject({
  /** The newest event there is; what follows is newer, or a replay up to it. */
  seq: z.number().int(),
  /** Changes when the server starts anew: time to look whether the page is out of date. */
  serverStartedAt: z.string(),
});
export type LiveHello = z.infer<typeof LiveHello>;
