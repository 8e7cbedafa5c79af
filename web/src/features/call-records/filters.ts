import { Direction, EndReason, Outcome } from '@offhook/contract';
import { z } from 'zod';

const Day = z.iso.date();

/** The filters as the address has them; what cannot be read is left out rather than complained of. */
export interface RecordFilters {
  agent?: string;
  outcome?: Outcome;
  reason?: EndReason;
  direction?: Direction;
  customer?: string;
  /** First and last day, in the viewer's zone: "2026-11-22". */
  from?: string;
  to?: string;
  state?: 'live' | 'ended';
}

const READERS = {
  agent: z.string().min(1).max(64),
  outcome: Outcome,
  reason: EndReason,
  direction: Direction,
  // A number in the address may come as one.
  customer: z.coerce.string().trim().min(1).max(64),
  from: Day,
  to: Day,
  state: z.enum(['live', 'ended']),
} satisfies Record<keyof RecordFilters, z.ZodType>;

export function readFilters(search: Record<string, unknown>): RecordFilters {
  const read = Object.entries(READERS).flatMap(([key, schema]) => {
    if (search[key] === undefined) return [];
    const parsed = schema.safeParse(search[key]);
    return parsed.success ? [[key, parsed.data] as const] : [];
  });
  return Object.fromEntries(read);
}
