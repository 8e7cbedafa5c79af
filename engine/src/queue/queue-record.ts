/** A queue as it is journalled. Who waits in it is known to the running engine only. */
export interface QueueRecord {
  sid: string;
  friendlyName: string;
  maxSize: number;
  /** Milliseconds of Date.now(). */
  createdAt: number;
  updatedAt: number;
}

/** https://www.twilio.com/docs/voice/api/queue-resource: `MaxSize`, and what it is by default. */
export const MOST_WAITING = 5_000;
export const DEFAULT_MAX_SIZE = 1_000;
