import type { Insertable, Selectable } from 'kysely';
import type { Db } from '../db/database.ts';
import type { RecordingTables } from '../db/recording-tables.ts';

export type RecordingRow = Selectable<RecordingTables['recording']>;
export type NewRecordingRow = Insertable<RecordingTables['recording']>;

/** The table of stored recordings. */
export class RecordingRows {
  constructor(private readonly db: Db) {}

  async find(id: string): Promise<RecordingRow | null> {
    const row = await this.db
      .selectFrom('recording')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row ?? null;
  }

  /** Replaces what was known of the same recording: it was fetched anew. */
  async save(row: NewRecordingRow): Promise<void> {
    const { id: _id, call_id: _callId, ...rest } = row;
    await this.db
      .insertInto('recording')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(rest))
      .execute();
  }

  async carrierCopyDeleted(id: string, at: Date): Promise<void> {
    await this.db
      .updateTable('recording')
      .set({ carrier_copy_deleted_at: at })
      .where('id', '=', id)
      .execute();
  }
}
