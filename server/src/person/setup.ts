import { timingSafeEqual } from 'node:crypto';
import type { SetupRequest } from '@offhook/contract';
import type { Logger } from 'pino';
import type { Db } from '../db/database.ts';
import { Problem } from '../problem.ts';
import { audit } from './audit.ts';
import { hashSecret, newSecret } from './ids.ts';
import { insertPerson, lockPeople } from './people.ts';

/** Making the first administrator; afterwards it only says that it is done. */
export interface Setup {
  needed(): Promise<boolean>;
  /**
   * Throws `setup.already_done`, `setup.token_required`. `isLocal`: the visitor sits at this
   * machine and needs no token.
   */
  make(request: SetupRequest, isLocal: boolean): Promise<void>;
  /** Logs the token while it is of use. */
  announce: () => Promise<void>;
}

export interface SetupParts {
  db: Db;
  hashPassword: (password: string) => Promise<string>;
  /** Null: make one. */
  token: string | null;
  log: Logger;
}

export function createSetup({ db, hashPassword, token, log }: SetupParts): Setup {
  const setupToken = token ?? newSecret().slice(0, 16);
  // There is no way back from done, so it is asked no more.
  let done = false;

  async function needed(): Promise<boolean> {
    if (done) return false;
    const anybody = await db.selectFrom('person').select('id').limit(1).executeTakeFirst();
    done = anybody !== undefined;
    return !done;
  }

  return {
    needed,
    async make(request, isLocal) {
      if (!(await needed())) throw alreadyDone();
      if (!isLocal && !sameSecret(request.token ?? '', setupToken)) {
        throw new Problem(
          'setup.token_required',
          'From another machine this needs the set-up token. Offhook wrote it to its log when it started.',
        );
      }
      const passwordHash = await hashPassword(request.password);
      await db.transaction().execute(async (trx) => {
        await lockPeople(trx);
        const first = await trx.selectFrom('person').select('id').limit(1).executeTakeFirst();
        if (first !== undefined) throw alreadyDone();
        const { name, email } = request;
        const personId = await insertPerson(trx, {
          name,
          email,
          role: 'administrator',
          teamId: null,
          passwordHash,
        });
        await audit(trx, { action: 'setup.done', personId, subject: personId });
      });
      done = true;
    },
    async announce() {
      if (!(await needed())) return;
      log.warn(
        { setupToken },
        `There is no administrator yet. Set-up token, needed from another machine only: ${setupToken}`,
      );
    },
  };
}

function alreadyDone(): Problem {
  return new Problem(
    'setup.already_done',
    'Offhook already has an administrator. Please sign in, or ask for an invitation.',
  );
}

function sameSecret(given: string, wanted: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(given)), Buffer.from(hashSecret(wanted)));
}
