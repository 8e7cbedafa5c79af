import { Direction, EndReason, Outcome } from '@offhook/contract';
import { z } from 'zod';
import type { CallFilters } from '../../lib/call-cache.ts';
import { DIRECTION_WORDS, END_REASON_WORDS, OUTCOME_WORDS } from '../../lib/call-words.ts';
import { dateOf } from '../../lib/format.ts';

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

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** On a call's page that was opened from the list: the filters to go back to. */
    recordFilters?: RecordFilters;
  }
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

/** The same as the API asks for them: days become the moments at which they begin and end here. */
export function toCallFilters(filters: RecordFilters): CallFilters {
  return {
    agentId: filters.agent,
    outcome: filters.outcome,
    endReason: filters.reason,
    direction: filters.direction,
    customer: filters.customer,
    from: filters.from && startOf(filters.from).toISOString(),
    to: filters.to && startOf(filters.to, 1).toISOString(),
    state: filters.state,
  };
}

/** Midnight, in the viewer's zone, at which this day, or one `later` ones, begins. */
function startOf(day: string, later = 0): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later);
}

/** What each filter's chip says. */
export function chipWords(filters: RecordFilters, agentName: (id: string) => string) {
  const chips: { key: keyof RecordFilters; words: string }[] = [];
  const add = (key: keyof RecordFilters, words: string) => chips.push({ key, words });
  if (filters.customer) add('customer', `Customer: ${filters.customer}`);
  if (filters.agent) add('agent', `Agent: ${agentName(filters.agent)}`);
  if (filters.outcome) add('outcome', `Outcome: ${OUTCOME_WORDS[filters.outcome]}`);
  if (filters.reason) add('reason', `Reason: ${END_REASON_WORDS[filters.reason]}`);
  if (filters.direction) add('direction', DIRECTION_WORDS[filters.direction]);
  if (filters.state) add('state', filters.state === 'live' ? 'In progress' : 'Ended');
  if (filters.from) add('from', `From ${dateOf(startOf(filters.from).toISOString())}`);
  if (filters.to) add('to', `To ${dateOf(startOf(filters.to).toISOString())}`);
  return chips;
}
