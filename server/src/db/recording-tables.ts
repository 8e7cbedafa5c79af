import type { ColumnType, Generated } from 'kysely';
import type { RecordingFlag } from '@offhook/contract';

/** Files that were fetched and checked. How a recording stands is the call's to know. */
interface RecordingTable {
  /** The carrier's id, as in the call's recording summary. */
  id: string;
  call_id: string;
  /** The moment of the first sample, as well as we know it. */
  started_at: Date | null;
  duration_ms: number;
  channels: 1 | 2;
  flags: RecordingFlag[];
  bytes: number;
  /** SHA-256 of the stored file, lower-case hex. */
  sha256: string;
  /** Keys of the recording store. */
  audio_key: string;
  peaks_key: string;
  stored_at: ColumnType<Date, Date | undefined, never>;
  /** When the carrier's copy was deleted. */
  carrier_copy_deleted_at: Generated<Date | null>;
}

export interface RecordingTables {
  recording: RecordingTable;
}
