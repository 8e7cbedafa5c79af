import type { Team } from '@offhook/contract';
import type { Db } from '../db/database.ts';
import { Problem } from '../problem.ts';
import type { Asker } from './asker.ts';
import { audit } from './audit.ts';
import { newId } from './ids.ts';
import { mustBe } from './permissions.ts';

export interface Teams {
  /** Administrators see all, everybody else their own. */
  list(asker: Asker): Promise<Team[]>;
  /** Throws `team.name_taken`. */
  make(asker: Asker, name: string): Promise<Team>;
}

export function createTeams(db: Db): Teams {
  return {
    async list(asker) {
      return db
        .selectFrom('team')
        .select(['id', 'name'])
        .$if(asker.role !== 'administrator', (query) => query.where('id', '=', asker.teamId))
        .orderBy('name')
        .execute();
    },
    async make(asker, name) {
      mustBe(asker, 'administrator');
      const id = newId();
      return db.transaction().execute(async (trx) => {
        const team = await trx
          .insertInto('team')
          .values({ id, name })
          .onConflict((conflict) => conflict.doNothing())
          .returning(['id', 'name'])
          .executeTakeFirst();
        if (team === undefined) {
          throw new Problem('team.name_taken', 'There already is a team of this name.');
        }
        await audit(trx, {
          action: 'team.made',
          personId: asker.personId,
          subject: id,
          detail: { name },
        });
        return team;
      });
    },
  };
}
