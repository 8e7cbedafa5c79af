import type { CallTables } from './call-tables.ts';
import type { PeopleTables } from './people-tables.ts';
import type { RecordingTables } from './recording-tables.ts';

/** Every table, as Kysely sees it. Each room describes its own; columns are named as in SQL. */
export type Database = PeopleTables & CallTables & RecordingTables;
