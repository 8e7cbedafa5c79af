import { z } from 'zod';

/** A moment: ISO 8601 in UTC with milliseconds, "2026-11-22T20:37:29.120Z". */
export const Instant = z.iso.datetime({ precision: 3 });
export type Instant = z.infer<typeof Instant>;

/** A length of time in whole milliseconds. */
export const Milliseconds = z.number().int().nonnegative();
