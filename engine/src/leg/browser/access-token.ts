import { errors, jwtVerify } from 'jose';
import { z } from 'zod';

const Claims = z.object({
  iss: z.string(),
  sub: z.string(),
  exp: z.number(),
  grants: z.object({
    identity: z.string().min(1).max(121),
    voice: z
      .object({
        incoming: z.object({ allow: z.boolean() }).optional(),
        outgoing: z
          .object({
            application_sid: z.string(),
            params: z.record(z.string(), z.unknown()).optional(),
          })
          .optional(),
      })
      .default({}),
  }),
});

export interface Access {
  identity: string;
  /** Milliseconds of Date.now(). */
  expiresAt: number;
  mayReceive: boolean;
  /** The TwiML app that its calls go to; null: it may not call. */
  applicationSid: string | null;
  /** Parameters that the token's maker put on every call. */
  parameters: Record<string, string>;
}

/** A token that is not accepted; `code` is Twilio's, for the SDK. */
export class TokenRefused extends Error {
  readonly code: 20101 | 20104;

  constructor(code: 20101 | 20104, message: string) {
    super(message);
    this.name = 'TokenRefused';
    this.code = code;
  }
}

export interface TokenIssuer {
  accountSid: string;
  apiKeySid: string;
  apiKeySecret: string;
}

/** https://www.twilio.com/docs/iam/access-tokens: at most 24 hours; a minute for clocks that differ. */
const MAX_LIFE_MS = (24 * 60 + 1) * 60_000;

/** Checks a Voice SDK access token (https://www.twilio.com/docs/iam/access-tokens). */
export async function readAccessToken(token: unknown, issuer: TokenIssuer): Promise<Access> {
  if (typeof token !== 'string') throw new TokenRefused(20101, 'There is no access token');
  const claims = await verified(token, issuer);
  const { identity, voice } = claims.grants;
  if (claims.exp * 1000 > Date.now() + MAX_LIFE_MS) {
    throw new TokenRefused(20_104, 'The access token lives longer than 24 hours');
  }
  const parameters = Object.entries(voice.outgoing?.params ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return {
    identity,
    expiresAt: claims.exp * 1000,
    mayReceive: voice.incoming?.allow === true,
    applicationSid: voice.outgoing?.application_sid ?? null,
    parameters: Object.fromEntries(parameters) as Record<string, string>,
  };
}

async function verified(token: string, issuer: TokenIssuer): Promise<z.infer<typeof Claims>> {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(issuer.apiKeySecret), {
      algorithms: ['HS256'],
      issuer: issuer.apiKeySid,
      subject: issuer.accountSid,
    });
    return Claims.parse(payload);
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw new TokenRefused(20104, 'The access token has expired');
    }
    throw new TokenRefused(20101, 'The access token is not valid');
  }
}
