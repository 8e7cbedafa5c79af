import type { IncomingHttpHeaders } from 'node:http';
import type { Logger } from 'pino';
import type { Asker } from '../person/asker.ts';
import type { Sessions } from '../person/sessions.ts';
import type { EventSource } from './event-source.ts';
import { LiveStream, type Sink } from './live-stream.ts';

/** All live streams: opened by HTTP, closed with their readers, their sessions or the server. */
export interface Live {
  /** Runs a stream until it is over; never rejects. */
  open(reader: Reader): Promise<void>;
  /** Ends all streams. Harmless twice. */
  close(): Promise<void>;
}

export interface Reader {
  sink: Sink;
  asker: Asker;
  /** With which the asker came: looked at again while the stream lasts. */
  headers: IncomingHttpHeaders;
  after: number | null;
  /** Aborted when the reader is gone. */
  gone: AbortSignal;
  log: Pick<Logger, 'warn' | 'debug'>;
}

export interface LiveParts {
  source: EventSource;
  sessions: Pick<Sessions, 'authenticate' | 'onAccessChange'>;
  /** Default: 15 s, below what proxies wait for. */
  heartbeatMs?: number;
}

export function createLive({ source, sessions, heartbeatMs = 15_000 }: LiveParts): Live {
  const serverStartedAt = new Date().toISOString();
  const streams = new Set<LiveStream>();
  const unsubscribe = sessions.onAccessChange((personId) => {
    for (const stream of streams) if (stream.personId === personId) stream.reconsider();
  });
  let closed = false;

  return {
    async open({ sink, asker, headers, after, gone, log }) {
      const stream = new LiveStream({
        source,
        sink,
        asker,
        after,
        serverStartedAt,
        heartbeatMs,
        askAgain: async () => (await sessions.authenticate(headers, false)).asker,
      });
      if (closed || gone.aborted) {
        stream.close();
        return;
      }
      gone.addEventListener('abort', () => {
        stream.close();
      });
      streams.add(stream);
      try {
        await stream.run();
      } catch (error) {
        // The log cannot be read, or the reader left while we wrote: it comes back with its number.
        log[gone.aborted ? 'debug' : 'warn']({ err: error }, 'a live stream ended early');
      } finally {
        streams.delete(stream);
      }
    },
    async close() {
      closed = true;
      unsubscribe();
      for (const stream of streams) stream.close();
    },
  };
}
