import { z } from 'zod';
import { Instant } from './time.ts';

/**
 * agent: own calls. supervisor: the calls of the own team. administrator: everything, and the
 * settings.
 */
export const Role = z.enum(['agent', 'supervisor', 'administrator']);
export type Role = z.infer<typeof Role>;

/**
 * What a person calls with. browser: the page itself. sip: a desk phone or softphone that is
 * registered with the carrier; it rings first, and the customer is dialled once it is picked up.
 */
export const PhoneKind = z.enum(['browser', 'sip']);
export type PhoneKind = z.infer<typeof PhoneKind>;

export const Team = z.strictObject({ id: z.string(), name: z.string() });
export type Team = z.infer<typeof Team>;

export const Person = z.strictObject({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: Role,
  team: Team.nullable(),
  /** False when deactivated: cannot sign in, old calls keep the name. */
  active: z.boolean(),
  phone: PhoneKind,
  createdAt: Instant,
});
export type Person = z.infer<typeof Person>;

export const PersonName = z
  .string()
  .trim()
  .min(1, 'Please give a name.')
  .max(80, 'A name can have at most 80 characters.');
export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email('This does not look like an e-mail address.'));
export const Password = z
  .string()
  .min(10, 'A password needs at least 10 characters.')
  .max(128, 'A password can have at most 128 characters.');
