import { z } from 'zod';

/** GET /api/phone/token?identity=agent|demo_phone */
export const PhoneTokenQuery = z.strictObject({
  /** demo_phone: the customer played by a person on /demo-phone; refused where there is none. */
  identity: z.enum(['agent', 'demo_phone']).default('agent'),
});

export const PhoneToken = z.strictObject({
  /** An access token for the Voice SDK. */
  token: z.string(),
  /** Letters, digits and underscores. */
  identity: z.string(),
  ttlSeconds: z.number().int().positive(),
});
export type PhoneToken = z.infer<typeof PhoneToken>;
