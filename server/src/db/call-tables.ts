import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Direction, EndReason, EndedBy, Outcome, CallState } from '@offhook/contract';
import type { CallRecord } from '../call/call.ts';
import type { Detail } from '../call/facts.ts';

/**
 * One call. `body` is the call as the rules know it and the only truth; the columns beside it are
 * copies for searching, written together with it.
 */
interface CallTable {
  id: string;
  version: number;
  state: CallState;
  direction: Direction;
  agent_id: string;
  agent_name: string;
  /** The agent's team when the call began. */
  team_id: string | null;
  customer_number: string;
  customer_name: string | null;
  created_at: ColumnType<Date, Date, never>;
  connected_at: Date | null;
  ended_at: Date | null;
  outcome: Outcome | null;
  ended_by: EndedBy | null;
  end_reason: EndReason | null;
  ring_ms: number | null;
  talk_ms: number | null;
  /** The carrier's ids. */
  agent_sid: string | null;
  customer_sid: string | null;
  room_sid: string | null;
  /** When it was last written. */
  changed_at: Date;
  body: JSONColumnType<CallRecord>;
}

/** The numbered event log; append-only. Written by append_call_events alone. */
interface CallEventTable {
  /** Given out in commit order: who saw 11 has seen 10. There may be gaps. */
  seq: Generated<number>;
  call_id: string;
  at: Date;
  /** Milliseconds since the call was created. */
  offset_ms: number;
  kind: string;
  source: 'agent' | 'customer' | 'carrier' | 'system';
  text: string;
  detail: JSONColumnType<Detail>;
}

interface IdempotencyKeyTable {
  person_id: string;
  key: string;
  /** SHA-256 of the body, lower-case hex. */
  body_hash: string;
  call_id: string;
  created_at: ColumnType<Date, Date | undefined, never>;
}

export interface CallTables {
  call: CallTable;
  call_event: CallEventTable;
  idempotency_key: IdempotencyKeyTable;
}
