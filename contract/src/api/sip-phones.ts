import { z } from 'zod';

/** What is typed into a desk phone or softphone, but for the password. */
export const SipPhone = z.strictObject({
  /** Unique here: lower-case letters, digits, dot, underscore and dash. */
  username: z.string(),
  /** Behind the @: the phone is `sip:username@domain`. */
  domain: z.string(),
  /** The host name or address that the phone registers with. */
  server: z.string(),
  /** For UDP and TCP. */
  port: z.number().int().min(1).max(65_535),
});
export type SipPhone = z.infer<typeof SipPhone>;

/**
 * GET /api/people/:id/sip-phone → SipPhone (the person and administrators; so are the next two)
 *
 * POST /api/people/:id/sip-phone → 201 SipPhoneCreated: from now on the person calls with it. Where
 * there is one already it gets a new password; the old one stops working.
 *
 * DELETE /api/people/:id/sip-phone → 204: back to the browser. Harmless where there is none. A call
 * that runs is left alone by all of them.
 */
export const SipPhoneCreated = z.strictObject({
  sipPhone: SipPhone,
  /** Shown this once; nobody here keeps it. */
  password: z.string(),
});
export type SipPhoneCreated = z.infer<typeof SipPhoneCreated>;
