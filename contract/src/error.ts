import { z } from 'zod';
import { ERROR_CODES } from './error-codes.ts';

/** The body of every answer with a status of 400 or above. */
export const ErrorBody = z.strictObject({
  error: z.strictObject({
    code: z.enum(ERROR_CODES),
    /** For people: what happened, what it means, what to do. */
    message: z.string(),
    /** With `request.invalid`: what is wrong, by the field's path ("to", "person.email"). */
    fields: z.record(z.string(), z.string()).optional(),
    /** Names this request in the server's log. */
    requestId: z.string(),
  }),
});
export type ErrorBody = z.infer<typeof ErrorBody>;
