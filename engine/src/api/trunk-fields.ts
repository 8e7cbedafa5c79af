import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { readRange } from '../trunk/addresses.ts';
import type { TrunkRecord } from '../trunk/trunk-record.ts';
import { fields } from './fields.ts';
import { ApiProblem } from './problem.ts';

/** What people may say about a trunk; the rest of a record is ours. */
export type TrunkSettings = Omit<TrunkRecord, 'sid' | 'source' | 'createdAt' | 'updatedAt'>;

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*$/;
/** Printable and in one line, so that nothing of it can become a header of its own. */
const PLAIN = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u;

const count = (min: number, max: number) =>
  z
    .number({ error: `is no whole number from ${min} to ${max}` })
    .int(`is no whole number from ${min} to ${max}`)
    .min(min, `is below ${min}`)
    .max(max, `is above ${max}`);
const e164 = z.string().regex(/^\+\d{6,15}$/, 'is not a number in E.164, like +442079460000');

const RULE = z.strictObject({
  prefix: z.string().regex(/^\+\d{0,15}$/, 'is not how a number in E.164 begins, like +44 or +'),
  strip: count(0, 16),
  prepend: z.string().regex(/^[\d*#+]{0,24}$/, 'is not made of digits, *, # and +'),
});

/** Of a new trunk all but the name and the host may be left out. */
const WRITE = {
  name: z
    .string()
    .trim()
    .min(1, 'is empty')
    .max(64, 'is longer than 64 characters')
    .regex(PLAIN, 'has control characters'),
  enabled: z.boolean(),
  host: z
    .string()
    .trim()
    .toLowerCase()
    .transform((text) => text.replace(/^\[(.*)\]$/, '$1'))
    .refine(
      (text) => isIP(text) !== 0 || (HOST_NAME.test(text) && !/^[\d.]+$/.test(text)),
      'is neither an address nor a name, like 192.0.2.1 or sip.example.com: the port and the transport have fields of their own',
    ),
  port: count(1, 65_535).nullable(),
  transport: z.enum(['udp', 'tcp', 'tls'], { error: 'is not udp, tcp or tls' }),
  username: z
    .string()
    .regex(/^[^\s\p{Cc}"<>@:;?]{1,128}$/u, 'is empty, or has spaces or one of "<>@:;?')
    .nullable(),
  password: z
    .string()
    .max(128, 'is longer than 128 characters')
    .min(1, 'is empty')
    .regex(PLAIN, 'has control characters')
    .nullable(),
  registerSeconds: count(30, 86_400).nullable(),
  allowedAddresses: z
    .array(
      z
        .string()
        .trim()
        .refine((text) => readRange(text) !== null, 'is no address or range, like 192.0.2.0/24'),
    )
    .max(64, 'has more than 64 entries'),
  callerIds: z.array(e164).max(200, 'has more than 200 entries'),
  codecs: z
    .array(z.enum(['PCMU', 'PCMA'], { error: 'is not PCMU or PCMA' }))
    .min(1, 'is empty: name PCMU, PCMA or both, the better one first')
    .refine((codecs) => new Set(codecs).size === codecs.length, 'names a codec twice'),
  srtp: z.enum(['off', 'optional', 'required'], { error: 'is not off, optional or required' }),
  channels: count(1, 10_000).nullable(),
  rules: z.array(RULE).max(100, 'has more than 100 entries'),
  priority: count(0, 1_000),
  keepAliveSeconds: count(5, 3_600).nullable(),
  tlsCa: z
    .string()
    .refine(isCertificate, 'is no certificate in PEM (-----BEGIN CERTIFICATE-----)')
    .nullable(),
};
const { name, host, ...REST } = WRITE;
const CREATE = { name, host, ...z.object(REST).partial().shape };
const UPDATE = z.object(WRITE).partial().shape;

const DEFAULTS: Omit<TrunkSettings, 'name' | 'host'> = {
  enabled: true,
  port: null,
  transport: 'udp',
  username: null,
  password: null,
  registerSeconds: null,
  allowedAddresses: [],
  callerIds: [],
  codecs: ['PCMU', 'PCMA'],
  srtp: 'off',
  channels: null,
  rules: [],
  priority: 0,
  keepAliveSeconds: 30,
  tlsCa: null,
};

/** @throws ApiProblem that names the field and says what to do */
export function newTrunk(body: unknown): TrunkSettings {
  return consistent({ ...DEFAULTS, ...given(fields(body, CREATE)) });
}

/** What is absent stays; null clears. @throws ApiProblem */
export function changedTrunk(before: TrunkRecord, body: unknown): TrunkRecord {
  return consistent({ ...before, ...given(fields(body, UPDATE)) });
}

/** What each field may be alone is in the shapes; here is what they may be together. */
function consistent<Settings extends TrunkSettings>(trunk: Settings): Settings {
  if (trunk.registerSeconds !== null && trunk.username === null) {
    throw wrong('username', 'is missing: a registration (registerSeconds) needs one');
  }
  if (trunk.password !== null && trunk.username === null) {
    throw wrong('username', 'is missing: there is a password');
  }
  if (trunk.tlsCa !== null && trunk.transport !== 'tls') {
    throw wrong('tlsCa', 'is only for transport tls');
  }
  return trunk;
}

function wrong(field: string, why: string): ApiProblem {
  return new ApiProblem(400, 20_001, `Invalid parameter ${field}: ${why}`);
}

type Given<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };

/** Without what is undefined: absent and undefined are the same to JSON, but not to a spread. */
function given<Fields extends object>(read: Fields): Given<Fields> {
  const entries = Object.entries(read).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<Fields>;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
