import type { Role } from '@offhook/contract';
import { Problem } from '../problem.ts';
import type { Asker } from './asker.ts';

/** Throws `auth.forbidden` for everybody else. */
export function mustBe(asker: Asker, ...roles: Role[]): void {
  if (!roles.includes(asker.role)) throw forbidden();
}

/** The person themselves, or somebody with one of these roles. Throws `auth.forbidden`. */
export function mustBeOneself(asker: Asker, personId: string, ...orRoles: Role[]): void {
  if (asker.personId !== personId) mustBe(asker, ...orRoles);
}

export function forbidden(): Problem {
  return new Problem(
    'auth.forbidden',
    'Your role does not allow this. Please ask your administrator.',
  );
}
