import type { RecordingProblem } from '@offhook/contract';

/**
 * What this room needs from outside. carrier/recordings.ts is the real `RecordingSource`; the
 * words here are ours, not the carrier's: a `carrierId` is whatever name the carrier gave.
 */
export interface RecordingSource {
  /**
   * Opens the MP3. Rejects with an ordinary Error for whatever may be better next time (network,
   * 5xx, not there yet); answers with a kind for what will stay as it is.
   */
  download(ask: DownloadAsk): Promise<Download>;
  /** What the carrier says of it; null when it has no such recording (any more). */
  describe(carrierId: string, signal: AbortSignal): Promise<CarrierRecording | null>;
  /** The recordings that the carrier made in a room, oldest first. */
  list(room: string): Promise<CarrierRecording[]>;
  /** Deletes the carrier's copy; harmless when it is gone. */
  remove(carrierId: string): Promise<void>;
}

export interface DownloadAsk {
  carrierId: string;
  channels: 1 | 2;
  /** Continue after what we have, if the file is still the one with this tag. */
  resume?: { offset: number; tag: string };
  signal: AbortSignal;
}

export type Download =
  | {
      kind: 'audio';
      body: AsyncIterable<Uint8Array>;
      /** Where the body begins in the file: 0, or the offset asked for. */
      offset: number;
      /** Names this version of the file (a strong ETag); null: it cannot be continued. */
      tag: string | null;
    }
  /** The carrier has it with fewer channels only. */
  | { kind: 'fewer_channels' }
  /** The carrier no longer has it. */
  | { kind: 'gone' };

export interface CarrierRecording {
  carrierId: string;
  state: 'recording' | 'processing' | 'ready' | 'absent' | 'failed';
  /** As exact as the carrier says it: to the second, rounded down. Ms since 1970. */
  startedAt: number | null;
  durationMs: number | null;
  /** Why there is nothing to fetch, once the state is absent or failed. */
  problem: RecordingProblem | null;
}
