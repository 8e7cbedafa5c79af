import { z } from 'zod';

/** GET /api/numbers?text=… : what we understand, and whether it may be dialled. */
export const NumberQuery = z.strictObject({ text: z.string().max(64) });

export const NumberAnswer = z.strictObject({
  /** Null when no number can be read from the text. */
  e164: z.string().nullable(),
  national: z.string().nullable(),
  international: z.string().nullable(),
  /** Two letters. */
  country: z.string().nullable(),
  /** "mobile", "landline", … for people: "mobile, United Kingdom". */
  description: z.string().nullable(),
  /** The demo customer's name, where it is one. */
  name: z.string().nullable(),
  /** Null when it may be dialled; else the error that POST /api/calls would give. */
  problem: z
    .strictObject({
      code: z.enum([
        'number.unreadable',
        'number.impossible',
        'number.emergency',
        'number.premium_rate',
        'number.reserved_for_drama',
        'number.not_allowed',
      ]),
      message: z.string(),
    })
    .nullable(),
});
export type NumberAnswer = z.infer<typeof NumberAnswer>;
