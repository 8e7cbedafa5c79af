import type { LiveCall } from '@offhook/contract';
import type { Asker } from '../person/asker.ts';

/** The numbered event log, as the live streams need it. db/event-log.ts is the real one. */
export interface EventSource {
  /** The newest number given out; 0 before the first. */
  newest(): Promise<number>;
  /** Events after `seq` that this asker may see, oldest first, at most `limit`. */
  readAfter(seq: number, asker: Asker, limit: number): Promise<LiveCall[]>;
  /** Called after each commit that added events, with the newest number. Returns unsubscribe. */
  subscribe(listener: (newest: number) => void): () => void;
}
