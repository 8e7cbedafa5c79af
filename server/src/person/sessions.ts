import type { IncomingHttpHeaders } from 'node:http';
import { Role } from '@offhook/contract';
import { isAPIError } from 'better-auth/api';
import type { Db } from '../db/database.ts';
import { Problem } from '../problem.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Asker } from './asker.ts';
import { audit } from './audit.ts';
import { ADDRESS_HEADER, DEACTIVATED, type SignInLibrary } from './sign-in-library.ts';

/** Where a request comes from, for the audit and the list of sessions. */
export interface Visitor {
  headers: IncomingHttpHeaders;
  ipAddress: string;
}

/** Who asks, or why we do not know. `setCookies` are Set-Cookie lines to send along. */
export type Authentication =
  { asker: Asker; setCookies: string[] } | { asker: null; problem: Problem };

export interface Sessions {
  /**
   * Reads a session cookie or an API key. Never throws for a wrong one. A session is prolonged
   * with use, which sets a cookie: `renew: false` where none can be sent.
   */
  authenticate(headers: IncomingHttpHeaders, renew?: boolean): Promise<Authentication>;
  /** Answers with the Set-Cookie lines; throws `auth.wrong_credentials`, `auth.deactivated`. */
  signIn(email: string, password: string, visitor: Visitor): Promise<SignedIn>;
  /** Ends this one session; harmless without. Answers with the Set-Cookie lines. */
  signOut(visitor: Visitor): Promise<string[]>;
  /** Ends every session of a person. */
  endAll(personId: string): Promise<void>;
  /** Told whenever a person's right to see things may have changed. Returns unsubscribe. */
  onAccessChange: (listener: (personId: string) => void) => () => void;
  /** Says so: role, team or active changed, or a session ended. */
  accessChanged: (personId: string) => void;
}

export interface SignedIn {
  asker: Asker;
  setCookies: string[];
}

const BEARER = /^Bearer +(\S+)$/i;

export function createSessions(db: Db, library: SignInLibrary, apiKeys: ApiKeys): Sessions {
  const access = createAccessChanges();

  async function signIn(email: string, password: string, visitor: Visitor): Promise<SignedIn> {
    const { headers } = await signInByLibrary(library, email, password, visitor).catch(
      async (error: unknown) => {
        const problem = signInProblem(error);
        await auditFailure(db, email, visitor, problem);
        throw problem;
      },
    );
    const setCookies = headers.getSetCookie();
    const person = await db
      .selectFrom('person')
      .select(['id', 'name', 'role', 'team_id'])
      .where('email', '=', email)
      .executeTakeFirstOrThrow();
    await audit(db, {
      action: 'session.signed_in',
      personId: person.id,
      subject: person.id,
      ipAddress: visitor.ipAddress,
    });
    const { id: personId, name, role, team_id: teamId } = person;
    return { setCookies, asker: { personId, name, role, teamId, via: 'session' } };
  }

  return {
    async authenticate(headers, renew = true) {
      if (headers.authorization === undefined) return bySession(library, headers, renew);
      const key = BEARER.exec(headers.authorization)?.[1];
      const asker = key === undefined ? null : await apiKeys.find(key);
      return asker === null ? refused('auth.required') : { asker, setCookies: [] };
    },
    signIn,
    async signOut({ headers, ipAddress }) {
      const { asker } = await bySession(library, headers, false);
      const signedOut = await library.api.signOut({
        headers: new Headers({ cookie: headers.cookie ?? '' }),
        returnHeaders: true,
      });
      if (asker !== null) {
        const { personId } = asker;
        await audit(db, { action: 'session.signed_out', personId, subject: personId, ipAddress });
        access.tell(personId);
      }
      return signedOut.headers.getSetCookie();
    },
    async endAll(personId) {
      await db.deleteFrom('session').where('person_id', '=', personId).execute();
      access.tell(personId);
    },
    onAccessChange: access.listen,
    accessChanged: access.tell,
  };
}

function createAccessChanges() {
  const listeners = new Set<(personId: string) => void>();
  return {
    listen: (listener: (personId: string) => void) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    tell: (personId: string) => {
      for (const listener of [...listeners]) listener(personId);
    },
  };
}

async function bySession(
  library: SignInLibrary,
  { cookie }: IncomingHttpHeaders,
  renew: boolean,
): Promise<Authentication> {
  if (cookie === undefined) return refused('auth.required');
  const found = await library.api.getSession({
    headers: new Headers({ cookie }),
    query: { disableRefresh: !renew },
    returnHeaders: true,
  });
  if (found.response === null) {
    return refused(hasSessionCookie(cookie) ? 'auth.session_expired' : 'auth.required');
  }
  const { user } = found.response;
  if (!user.active) return refused('auth.deactivated');
  return {
    setCookies: found.headers.getSetCookie(),
    asker: {
      personId: user.id,
      name: user.name,
      role: Role.parse(user.role),
      teamId: user.teamId ?? null,
      via: 'session',
    },
  };
}

async function signInByLibrary(
  library: SignInLibrary,
  email: string,
  password: string,
  { headers, ipAddress }: Visitor,
) {
  return library.api.signInEmail({
    body: { email, password },
    headers: new Headers({
      'user-agent': headers['user-agent'] ?? '',
      [ADDRESS_HEADER]: ipAddress,
    }),
    returnHeaders: true,
  });
}

/** Anything that is not the library's own refusal is a failure of ours and stays what it is. */
function signInProblem(error: unknown): Error {
  if (!isAPIError(error)) return error instanceof Error ? error : new Error(String(error));
  if (error.body?.code === DEACTIVATED) return deactivated();
  if (error.statusCode >= 500) return error;
  return new Problem(
    'auth.wrong_credentials',
    'This e-mail address and password do not belong together. Please check both.',
  );
}

async function auditFailure(
  db: Db,
  email: string,
  { ipAddress }: Visitor,
  error: Error,
): Promise<void> {
  if (!(error instanceof Problem)) return;
  const person = await db
    .selectFrom('person')
    .select('id')
    .where('email', '=', email)
    .executeTakeFirst();
  await audit(db, {
    action: 'session.sign_in_failed',
    personId: null,
    subject: person?.id ?? null,
    ipAddress,
    detail: { email, code: error.code },
  });
}

function hasSessionCookie(cookie: string): boolean {
  return /(?:^|; *)(?:__Secure-)?offhook\.session_token=/.test(cookie);
}

function refused(
  code: 'auth.required' | 'auth.session_expired' | 'auth.deactivated',
): Authentication {
  switch (code) {
    case 'auth.required':
      return { asker: null, problem: new Problem(code, 'Please sign in first.') };
    case 'auth.session_expired':
      return {
        asker: null,
        problem: new Problem(code, 'You have been signed out. Please sign in again.'),
      };
    case 'auth.deactivated':
      return { asker: null, problem: deactivated() };
  }
}

function deactivated(): Problem {
  return new Problem(
    'auth.deactivated',
    'This account has been closed. Please speak to your administrator.',
  );
}
