import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import type { Logger } from 'pino';
import type { Db } from '../db/database.ts';
import { newId } from './ids.ts';

const DAY_SECONDS = 86_400;

export interface SignInLibraryParts {
  db: Db;
  secret: string;
  publicUrl: string;
  log: Logger;
}

/** Our own header that carries the visitor's address in, as the HTTP layer found it. */
export const ADDRESS_HEADER = 'x-offhook-address';
/** What the library throws when somebody's account is closed. */
export const DEACTIVATED = 'PERSON_DEACTIVATED';

/**
 * Better Auth does what one should not write oneself: password hashing, sessions, signed cookies.
 * It is called as a library; none of its own addresses is reachable from outside. Its tables are
 * ours (migration 001); `person` is its "user".
 */
export function createSignInLibrary({ db, secret, publicUrl, log }: SignInLibraryParts) {
  return betterAuth({
    appName: 'Offhook',
    baseURL: publicUrl,
    secret,
    database: { db, type: 'postgres' },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 10,
      maxPasswordLength: 128,
    },
    user: {
      modelName: 'person',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
      additionalFields: {
        role: { type: 'string', required: true, input: false },
        teamId: { type: 'string', required: false, input: false, fieldName: 'team_id' },
        active: { type: 'boolean', required: true, input: false },
      },
    },
    session: {
      modelName: 'session',
      expiresIn: 14 * DAY_SECONDS,
      updateAge: DAY_SECONDS,
      fields: {
        userId: 'person_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    account: {
      modelName: 'account',
      fields: {
        userId: 'person_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'verification',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    advanced: {
      cookiePrefix: 'offhook',
      useSecureCookies: publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      database: { generateId: newId },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    databaseHooks: {
      session: { create: { before: async (session) => onlyActive(db, session.userId) } },
    },
    logger: {
      level: 'debug',
      log: (level, message) => {
        // A wrong password is its "warning" and "error"; ours is the audit table.
        log[level === 'error' ? 'warn' : 'debug']({ part: 'sign-in' }, message);
      },
    },
  });
}

export type SignInLibrary = ReturnType<typeof createSignInLibrary>;

async function onlyActive(db: Db, personId: string): Promise<void> {
  const person = await db
    .selectFrom('person')
    .select('active')
    .where('id', '=', personId)
    .executeTakeFirst();
  if (person?.active !== true) {
    throw new APIError('FORBIDDEN', { code: DEACTIVATED, message: 'This account is closed.' });
  }
}
