import { z } from 'zod';
import { Email, Password, Person, PersonName } from '../person.ts';

/** A demo customer, played by the embedded engine. */
export const DemoCustomer = z.strictObject({
  number: z.string(),
  name: z.string(),
  /** One line: "Answers, talks, then echoes what it hears." */
  description: z.string(),
});
export type DemoCustomer = z.infer<typeof DemoCustomer>;

/** What the browser's phone needs to know; it follows from the server's configuration. */
export const PhoneSettings = z.strictObject({
  /** host:port that carries the Voice SDK's signalling, null for the SDK's own default. */
  signalHost: z.string().nullable(),
  /** Two-letter country whose national numbers people type: "GB". */
  country: z.string(),
  demoCustomers: z.array(DemoCustomer),
  /** Number that rings /demo-phone, null where there is none. */
  demoPhoneNumber: z.string().nullable(),
  /** Whether people may have a SIP phone in place of the browser. */
  sipPhones: z.boolean(),
});
export type PhoneSettings = z.infer<typeof PhoneSettings>;

/** GET /api/session: always answers 200, signed in or not. */
export const Session = z.strictObject({
  /** True until the first administrator exists: the page shows the set-up form. */
  setupNeeded: z.boolean(),
  /** With setupNeeded: whether this visitor must give the token from the server's log. */
  setupTokenNeeded: z.boolean(),
  person: Person.nullable(),
  /** Null until signed in. */
  phone: PhoneSettings.nullable(),
});
export type Session = z.infer<typeof Session>;

/** POST /api/setup → 201 Session */
export const SetupRequest = z.strictObject({
  name: PersonName,
  email: Email,
  password: Password,
  token: z.string().optional(),
});
export type SetupRequest = z.infer<typeof SetupRequest>;

/** POST /api/sign-in → 200 Session. POST /api/sign-out → 204. */
export const SignInRequest = z.strictObject({ email: Email, password: z.string().min(1).max(128) });
export type SignInRequest = z.infer<typeof SignInRequest>;
