import { z } from 'zod';
import { Instant } from '../time.ts';

function whole(min: number, max: number) {
  const error = `Give a whole number from ${min} to ${max}.`;
  return z.number(error).int(error).min(min, error).max(max, error);
}

/** How a number is written for one trunk. The first rule whose prefix fits is taken. */
export const PrefixRule = z.strictObject({
  /** How the E.164 number begins: "+44", "+" … */
  prefix: z
    .string()
    .trim()
    .regex(/^\+[0-9]{0,15}$/, 'Give how numbers begin, with a plus: +44, or + for all.'),
  /** How many characters are cut off in front … */
  strip: whole(0, 16),
  /** … and what is put there: "00", "9", a tech prefix. */
  prepend: z
    .string()
    .trim()
    .max(16, 'At most 16 characters can be put in front.')
    .regex(/^[0-9+*#]*$/, 'Only digits, +, * and # can be dialled.'),
});

export const TrunkTransport = z.enum(['udp', 'tcp', 'tls']);
export type TrunkTransport = z.infer<typeof TrunkTransport>;
export const TrunkSrtp = z.enum(['off', 'optional', 'required']);
export type TrunkSrtp = z.infer<typeof TrunkSrtp>;
export const TrunkCodec = z.enum(['PCMU', 'PCMA']);
export type TrunkCodec = z.infer<typeof TrunkCodec>;

const HOST = /^[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*\.?$/;
const host = z
  .string()
  .trim()
  .min(1, 'Please give the carrier’s host name or address.')
  .max(253, 'A host name can have at most 253 characters.')
  .refine((text) => text === '' || HOST.test(text) || z.ipv6().safeParse(text).success, {
    error: 'Give only the name or address, without “sip:” and without a port.',
  });

const credential = z.string().min(1, 'This is empty.').max(128, 'At most 128 characters.');

const source = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'Give addresses or ranges such as 192.0.2.10 or 192.0.2.0/24.',
});

/** What people set of a trunk. */
const TrunkSettings = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'Please give a name.')
    .max(64, 'A name can have at most 64 characters.'),
  /** False: no calls, no registration. */
  enabled: z.boolean(),
  /** Address or name. Without a port a name is looked up as SRV first (RFC 3263). */
  host,
  port: whole(1, 65_535).nullable(),
  transport: TrunkTransport,
  username: credential
    .regex(/^[^\s"<>@:;?]*$/, 'Spaces and the characters "<>@:;? cannot be part of it.')
    .nullable(),
  /** Never shown again; null forgets it. */
  password: credential
    .regex(/^[\x20-\x7e\u00a0-\uffff]*$/, 'Control characters cannot be part of it.')
    .nullable(),
  /** Register there, and refresh, for so many seconds; null: the trunk knows our address. */
  registerSeconds: whole(30, 86_400).nullable(),
  /** Sources of incoming calls besides the addresses that `host` has: addresses and ranges. */
  allowedAddresses: z.array(source).max(64, 'At most 64 addresses.'),
  /** The first one is used for calls that come from a number that is not among them. */
  callerIds: z.array(z.string().trim().min(1).max(64)).max(200, 'At most 200 numbers.'),
  /** The one liked best first. */
  codecs: z.array(TrunkCodec).min(1, 'Choose at least one.').max(2),
  srtp: TrunkSrtp,
  /** Calls at once, both ways; null: any number. */
  channels: whole(1, 10_000).nullable(),
  /** Empty: every number, as E.164. Else only numbers that one of them fits. */
  rules: z.array(PrefixRule).max(100, 'At most 100 rules.'),
  /** Trunks are tried from the lowest up; equal ones in the order they were made. */
  priority: whole(0, 1_000),
  /** OPTIONS every so many seconds; null: none. */
  keepAliveSeconds: whole(5, 3_600).nullable(),
  /** TLS: PEM of the authority that signs the trunk's certificate; null: the usual ones. */
  tlsCa: z
    .string()
    .trim()
    .max(65_536)
    .regex(
      /^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----$/,
      'Paste the whole certificate, from BEGIN CERTIFICATE to END CERTIFICATE.',
    )
    .nullable(),
});

/** PATCH /api/trunks/:id (administrators) → Trunk. What is absent stays as it was. */
export const TrunkChange = TrunkSettings.partial();
export type TrunkChange = z.infer<typeof TrunkChange>;

/**
 * POST /api/trunks (administrators) → 201 Trunk. What is absent is as in TRUNK_DEFAULTS. Caller ids
 * may be written in any way; they are read as numbers of the installation's country.
 */
export const TrunkRequest = TrunkChange.required({ name: true, host: true }).refine(
  ({ registerSeconds, username }) => (registerSeconds ?? null) === null || (username ?? '') !== '',
  { path: ['username'], error: 'To register, a user name is needed.' },
);
export type TrunkRequest = z.infer<typeof TrunkRequest>;

/** A trunk of which only name and host are known: what most carriers want. */
export const TRUNK_DEFAULTS = {
  enabled: true,
  port: null,
  transport: 'udp',
  username: null,
  password: null,
  registerSeconds: null,
  allowedAddresses: [],
  callerIds: [],
  codecs: ['PCMA', 'PCMU'],
  srtp: 'off',
  channels: null,
  rules: [],
  priority: 10,
  keepAliveSeconds: 30,
  tlsCa: null,
} satisfies TrunkChange;

/** What can be wrong with a trunk. */
export const TrunkProblem = z.strictObject({
  code: z.enum([
    'name_unknown',
    'unreachable',
    'no_answer',
    'certificate_refused',
    'credentials_refused',
    'forbidden',
    'no_route',
    'busy_here',
    'no_codec',
    'srtp_required',
    'no_description',
    'no_audio',
    'channels_full',
    'refused',
  ]),
  /** One sentence for who runs the trunk: what went wrong, and what to look at. */
  text: z.string(),
  /** The final answer of the other side, where there was one. */
  sipStatus: z.number().int().nullable(),
  at: Instant,
});
export type TrunkProblem = z.infer<typeof TrunkProblem>;

export const TrunkState = z.strictObject({
  /** off: not enabled. unknown: nobody has asked yet, and calls are tried. */
  state: z.enum(['off', 'unknown', 'up', 'down']),
  registration: z.enum(['none', 'registering', 'registered', 'failed']),
  /** Null while all is well. */
  problem: TrunkProblem.nullable(),
  /** When `state` last changed. */
  since: Instant,
  /** Round trip of the last OPTIONS in milliseconds; null: none, or unanswered. */
  pingMs: z.number().nonnegative().nullable(),
  liveCalls: z.number().int().nonnegative(),
});
export type TrunkState = z.infer<typeof TrunkState>;

/** A SIP trunk: a line to a carrier, or to a telephone system of one's own. */
export const Trunk = z.strictObject({
  id: z.string(),
  /** environment: SIP_TRUNK says what it is; it can be looked at and tested, not changed. */
  source: z.enum(['settings', 'environment']),
  name: z.string(),
  enabled: z.boolean(),
  host: z.string(),
  port: z.number().int().nullable(),
  transport: TrunkTransport,
  username: z.string().nullable(),
  hasPassword: z.boolean(),
  registerSeconds: z.number().nullable(),
  allowedAddresses: z.array(z.string()),
  /** E.164 */
  callerIds: z.array(z.string()),
  codecs: z.array(TrunkCodec),
  srtp: TrunkSrtp,
  channels: z.number().int().nullable(),
  rules: z.array(z.strictObject({ prefix: z.string(), strip: z.number(), prepend: z.string() })),
  priority: z.number(),
  keepAliveSeconds: z.number().nullable(),
  tlsCa: z.string().nullable(),
  createdAt: Instant,
  updatedAt: Instant,
  state: TrunkState,
});
export type Trunk = z.infer<typeof Trunk>;

/**
 * GET /api/trunks (administrators and supervisors). GET /api/trunks/:id → Trunk.
 * DELETE /api/trunks/:id (administrators) → 204
 */
export const TrunksAnswer = z.strictObject({
  /** carrier: calls go through a carrier's cloud, which brings the lines; there are no trunks. */
  managedBy: z.enum(['engine', 'carrier']),
  trunks: z.array(Trunk),
});
export type TrunksAnswer = z.infer<typeof TrunksAnswer>;

/** POST /api/trunks/:id/test-calls (administrators) → 201 TestCall: rings, and listens. */
export const TestCallRequest = z.strictObject({
  /** As typed; dial rules hold as for any call. */
  to: z.string().trim().min(1, 'Please give a number to ring.').max(64),
});
export type TestCallRequest = z.infer<typeof TestCallRequest>;

/** In the order in which a test call takes them. */
export const TestCallStep = z.enum([
  'lookup',
  'reach',
  'invite',
  'ringing',
  'answered',
  'audio_out',
  'audio_in',
  'done',
]);
export type TestCallStep = z.infer<typeof TestCallStep>;

/** GET /api/trunks/:id/test-calls/:testId: as far as it has come. */
export const TestCall = z.strictObject({
  id: z.string(),
  /** E.164 */
  to: z.string(),
  state: z.enum(['running', 'passed', 'failed']),
  /** Those taken so far. */
  steps: z.array(
    z.strictObject({ at: Instant, code: TestCallStep, text: z.string(), ok: z.boolean() }),
  ),
  problem: TrunkProblem.nullable(),
  startedAt: Instant,
  endedAt: Instant.nullable(),
});
export type TestCall = z.infer<typeof TestCall>;
