import { isIP } from 'node:net';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { readEnvironmentTrunk, type EnvironmentTrunk } from './trunk/environment-trunk.ts';

/**
 * SIP as the environment has it. Nothing is opened before it is needed: without a trunk and
 * without a SIP phone, no port of SIP is.
 */
export interface SipSettings {
  /** The address to bind. */
  host: string;
  /** UDP and TCP; 0: any free one. */
  port: number;
  /** `cert` and `key` are PEM; null: nobody comes to us over TLS. */
  tls: { port: number; cert: string; key: string } | null;
  /** What others reach us at, where no interface has it (behind NAT); null: the interface's own. */
  publicAddress: string | null;
  /** Null: any free pair of ports. */
  rtpPorts: { from: number; to: number } | null;
  /** A telephone that sends nothing at all for so long is gone, and its call over. */
  rtpTimeoutMs: number;
  /** The domain of agents' phones, and the credential list that it takes; null: REST makes them. */
  domain: string | null;
  credentialList: string | null;
  /** SIP_TRUNK and SIP_TRUNK_CALLER_ID; null: all trunks are made over REST. */
  trunk: (EnvironmentTrunk & { callerId: string | null }) | null;
}

const portNumber = z
  .string()
  .regex(/^\d{1,5}$/, 'is no port number')
  .transform(Number)
  .pipe(z.number().max(65_535, 'is no port number'));
/** A setting that is set to nothing counts as not set. */
const setting = <Type extends z.ZodType>(type: Type) =>
  z.preprocess((text) => (text === '' ? undefined : text), type);
const orNull = <Type extends z.ZodType>(type: Type) =>
  setting(type.optional()).transform((value) => value ?? null);

/** The environment's part; goes into the engine's schema, so that all problems are said at once. */
export const SIP_ENVIRONMENT = {
  SIP_PORT: setting(
    z
      .union([z.literal('off'), portNumber], { error: 'is neither a port number nor off' })
      .default(5060),
  ),
  SIP_HOST: setting(
    z
      .string()
      .refine((text) => isIP(text) !== 0, 'is no address')
      .default('0.0.0.0'),
  ),
  SIP_TLS_PORT: setting(portNumber.default(5061)),
  SIP_TLS_CERT: orNull(z.string()),
  SIP_TLS_KEY: orNull(z.string()),
  SIP_PUBLIC_ADDRESS: orNull(z.string().refine((text) => isIP(text) !== 0, 'is no address')),
  SIP_RTP_PORTS: orNull(
    z.string().transform((text, context) => {
      const [, from, to] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
      const range = { from: Number(from), to: Number(to) };
      // Every call takes two: RTP on an even port, RTCP on the next one.
      if (range.from >= 1024 && range.to <= 65_535 && range.to > range.from) return range;
      context.addIssue('is no range of ports like 20000-20999');
      return z.NEVER;
    }),
  ),
  SIP_RTP_TIMEOUT_SECONDS: setting(
    z.coerce
      .number({ error: 'is no number of seconds' })
      // Phones that are silent send a report every five seconds or so (RFC 3550 §6.2).
      .min(1, 'is less than a second')
      .max(3600, 'is more than an hour')
      .default(30),
  ),
  SIP_DOMAIN: orNull(
    z
      .string()
      .toLowerCase()
      .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'is no domain like phones.example.com'),
  ),
  SIP_CREDENTIAL_LIST: orNull(z.string().regex(/^CL[0-9a-f]{32}$/i, 'is not CL and 32 hex digits')),
  SIP_TRUNK: orNull(
    z.string().transform((text, context) => {
      try {
        return readEnvironmentTrunk(text);
      } catch (error) {
        context.addIssue((error as Error).message);
        return z.NEVER;
      }
    }),
  ),
  SIP_TRUNK_CALLER_ID: orNull(
    z.string().regex(/^\+\d{6,15}$/, 'is not a number in the form +447700900000'),
  ),
} as const;

type SipEnvironment = z.infer<z.ZodObject<typeof SIP_ENVIRONMENT>>;

/** @throws Error: the certificate or its key cannot be read, or one of the two is missing */
export function readSipSettings(
  env: SipEnvironment,
  more: { publicAddress: string | null; absolute: (path: string) => string },
): SipSettings | null {
  const { SIP_TLS_CERT: cert, SIP_TLS_KEY: key, SIP_TRUNK: trunk } = env;
  if (env.SIP_PORT === 'off') return null;
  if ((cert === null) !== (key === null)) {
    const [here, missing] = cert === null ? ['KEY', 'CERT'] : ['CERT', 'KEY'];
    throw new Error(`SIP_TLS_${missing} is missing: SIP_TLS_${here} is there`);
  }
  const read = (name: string, path: string) => {
    try {
      return readFileSync(more.absolute(path), 'utf8');
    } catch (error) {
      throw new Error(`${name} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  };
  return {
    host: env.SIP_HOST,
    port: env.SIP_PORT,
    tls:
      cert === null || key === null
        ? null
        : {
            port: env.SIP_TLS_PORT,
            cert: read('SIP_TLS_CERT', cert),
            key: read('SIP_TLS_KEY', key),
          },
    publicAddress: env.SIP_PUBLIC_ADDRESS ?? more.publicAddress,
    rtpPorts: env.SIP_RTP_PORTS,
    rtpTimeoutMs: env.SIP_RTP_TIMEOUT_SECONDS * 1000,
    domain: env.SIP_DOMAIN,
    credentialList: env.SIP_CREDENTIAL_LIST,
    trunk: trunk && { ...trunk, callerId: env.SIP_TRUNK_CALLER_ID },
  };
}
